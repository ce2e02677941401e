import { describe, expect, test } from "vitest";
import { hasNamespaces, inOwnNamespace } from "../host/own-namespace.ts";

const script = new URL("../../../components/cluster/api-is-healthy.sh", import.meta.url).pathname;

/**
 * Where each distribution keeps a client certificate on a server. In there: an authority, and an API of its (a real TLS server) that
 * asks for a certificate and answers what the file `readyz` says.
 */
const places = {
  k3s: "/var/lib/rancher/k3s/server/tls/client-admin",
  kubeadm: "/etc/kubernetes/pki/apiserver-kubelet-client",
};

const request = (name: string, more: string) =>
  `openssl req -newkey ed25519 -noenc -keyout ${name}.key -subj /CN=${name} ${more} 2> /dev/null`;

const api = (place: string, answer: string, signedBy: "authority" | "stranger") => `
mkdir -p $(dirname ${place})
${request("authority", "-x509 -out authority.crt")}
${request("stranger", "-x509 -out stranger.crt")}
${request("server", "-x509 -CA authority.crt -CAkey authority.key -out server.crt")}
${request("admin", `-x509 -CA ${signedBy}.crt -CAkey ${signedBy}.key -out admin.crt`)}
mv admin.crt ${place}.crt
mv admin.key ${place}.key
printf 'HTTP/1.0 ${answer}\\r\\n\\r\\nsays so' > readyz
openssl s_server -accept 6443 -cert server.crt -key server.key -CAfile authority.crt -Verify 1 -verify_return_error -HTTP \
  > /dev/null 2>&1 &
for i in {1..50}; do if ss --listening --tcp --numeric | grep -q :6443; then break; fi; sleep 0.1; done
bash ${script}`;

describe.runIf(hasNamespaces).each(Object.entries(places))("the virtual address on a server of %s", (_, place) => {
  test("is held where its API says 200 to the server's own certificate", async () => {
    expect((await inOwnNamespace(api(place, "200 ok", "authority"))).code).toBe(0);
  });

  test.each(["401 Unauthorized", "500 etcd is stuck", "503 starting"])("isn't where it says %s", async (answer) => {
    expect((await inOwnNamespace(api(place, answer, "authority"))).code).toBe(1);
  });

  test("isn't where it doesn't know that certificate, or nobody answers", async () => {
    expect((await inOwnNamespace(api(place, "200 ok", "stranger"))).code).not.toBe(0);
    expect((await inOwnNamespace(`bash ${script}`)).code).not.toBe(0);
  });

  test("is held while the cluster is made", async () => {
    expect((await inOwnNamespace(`mkdir -p /run/grappe; touch /run/grappe/bootstrapping; bash ${script}`)).code).toBe(
      0,
    );
  });
});
