import type { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { loadScript } from "../../host/script.ts";
import { runOnHost } from "../../host/step.ts";
import type { ControlHost } from "../../platform/custom-resource-gate.ts";

export interface BalancedAddressArgs {
  readonly control: ControlHost;
  readonly namespace: pulumi.Input<string>;
  /** Name of Odoo's Deployment. */
  readonly deployment: string;
  /** Where people reach Odoo: `http://` and the address that its Service was given. */
  readonly url: pulumi.Input<string>;
  /** Of the release: a new initialisation may have forgotten the address. */
  readonly revision: pulumi.Input<string>;
}

/** Tells Odoo an address that nobody knew before its Service stood: links on receipts and in mails begin with it. */
export function balancedAddress(
  name: string,
  args: BalancedAddressArgs,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  const { control, namespace, deployment, url, revision } = args;
  return runOnHost(
    name,
    {
      host: control.host,
      script: loadScript(import.meta.url, "./balanced-address.sh"),
      values: { distribution: control.distribution, namespace, deployment, url, revision },
      deadlineSeconds: 300,
    },
    opts,
  );
}
