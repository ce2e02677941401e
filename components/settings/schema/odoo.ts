import { z } from "zod";
import { nearest } from "../nearest.ts";
import { plainWord } from "./endpoint.ts";

/** The languages that Odoo 19 knows (odoo/addons/base/data/res.lang.csv); 17 and 18 know all but a few of them. */
export const odooLanguages: readonly string[] = `
am_ET ar_001 ar_SY az_AZ be_BY bg_BG bn_IN bs_BA ca_ES cs_CZ da_DK de_CH de_DE el_GR en_AU en_CA en_GB en_IN en_NZ en_US
es_419 es_AR es_BO es_CL es_CO es_CR es_DO es_EC es_ES es_GT es_MX es_PA es_PE es_PY es_UY es_VE et_EE eu_ES fa_IR fi_FI
fr_BE fr_CA fr_CH fr_FR gl_ES gu_IN he_IL hi_IN hr_HR hu_HU id_ID it_IT ja_JP ka_GE kab_DZ km_KH ko_KP ko_KR lb_LU lo_LA
lt_LT lv_LV mk_MK ml_IN mn_MN ms_MY my_MM nb_NO nl_BE nl_NL pl_PL pt_AO pt_BR pt_PT ro_RO ru_RU sk_SK sl_SI sq_AL
sr@Cyrl sr@latin sv_SE sw te_IN th_TH tl_PH tr_TR uk_UA vi_VN zh_CN zh_HK zh_TW`
  .trim()
  .split(/\s+/);

/** A language of Odoo's, such as `de_DE`, `ar_001` or `sr@latin`. */
export const odooLanguage = z.string().superRefine((text, context) => {
  if (odooLanguages.includes(text)) return;
  const meant = nearest(text, odooLanguages);
  const same = odooLanguages.filter((language) => language.startsWith(text.split(/[_@-]/)[0] ?? text));
  const fix =
    same.length > 0
      ? `write one of ${same.join(", ")}`
      : meant === undefined
        ? "write such as en_US"
        : `did you mean ${meant}?`;
  context.addIssue({ code: "custom", message: `not a language that Odoo has; ${fix}` });
});

/** The countries that Odoo 18 and 19 know (odoo/addons/base/data/res_country_data.xml), by their codes of ISO 3166. */
export const odooCountries: readonly string[] = `
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD
CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF
GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI
SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
VN VU WF WS XI XK YE YT ZA ZM ZW`
  .trim()
  .split(/\s+/);

/** A country of Odoo's, such as `DE`. */
export const odooCountry = z
  .string()
  .refine(
    (text) => odooCountries.includes(text),
    "not a country that Odoo has; write its code of ISO 3166, such as DE",
  );

/** Users that Odoo makes itself (base and portal, data/res_users_data.xml): each login is one user's. */
const odooOwnUsers = ["__system__", "default", "portaltemplate", "public"];
const isFree = (login: string) => !odooOwnUsers.includes(login);
const taken = "the login of a user of Odoo's own; choose another one";

/** Who administers Odoo. */
export const administratorLogin = plainWord.refine(isFree, taken);

/** A user that stands at a till; its name is a key of a Secret, too. */
export const cashierLogin = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    "not a cashier's login; write up to 63 lower-case letters, digits, dots, hyphens and underscores, such as anna",
  )
  .refine(isFree, taken);

/** What people read on a till's button. */
export const tillName = z
  .string()
  .regex(
    /^(?=\S)[^\p{Cc}]{1,60}(?<=\S)$/u,
    "not a till's name; write up to 60 letters on one line without blanks at its ends, such as Till 1",
  );

/** Databases that PostgreSQL makes itself. */
const postgresOwn = ["postgres", "template0", "template1"];

/** A database's name that needs no quoting. */
export const databaseName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, "not a database's name; write up to 63 lower-case letters, digits and underscores")
  .refine((text) => !postgresOwn.includes(text), "a database of PostgreSQL's own; choose another name");
