/** The series of Odoo that the chart runs; the first is the default's. */
export const odooSeries = ["19.0", "18.0"] as const;

/** The image that settings mean which name none. */
export const defaultOdooImage = "docker.io/library/odoo:19.0-20260817";

export type OdooSeries = (typeof odooSeries)[number];

/** The series that an image's tag begins with, such as `19.0` of `docker.io/library/odoo:19.0-20260817`. */
export function seriesOf(image: string): string | undefined {
  return /:(\d+\.\d+)(?![\d.])[\w.-]*(?:@sha256:[0-9a-f]{64})?$/.exec(image)?.[1];
}

export function isOdooSeries(series: string | undefined): series is OdooSeries {
  return odooSeries.some((known) => known === series);
}
