#!/usr/bin/env bash
# Kubelets' serving certificates under kubeadm, signed by the cluster. A request is approved only where a kubelet asks for its own
# node's name and declared address, and for nothing else. That address stands in a label that no kubelet may write
# (plugin/pkg/admission/noderestriction), as a Node's own addresses are what its kubelet says. Needs report.sh, kubectl.sh.
set -euo pipefail
: "${distribution:?}"
# Empty where only requests are approved.
: "${nodeName=}"

address_label="node-restriction.kubernetes.io/grappe-address"

# Lines: request, node, the request itself in Base64. One that was decided has conditions.
pending_kubelet_requests() {
  kube get certificatesigningrequests --field-selector spec.signerName=kubernetes.io/kubelet-serving -o "jsonpath={range .items[*]}{.metadata.name} {.spec.username} {.spec.request} {.status.conditions[*].type}{'\n'}{end}" |
    awk 'NF == 3 && $2 ~ /^system:node:/ { print $1, substr($2, 13), $3 }'
}

# Names that a request on stdin asks for, a line each, sorted.
names_asked_for() {
  openssl req -noout -text | sed -n '/X509v3 Subject Alternative Name/{n;p}' | tr -d ' ' | tr , '\n' | sort
}

is_its_own() { # node, its address, a request in Base64
  local pem subject
  pem=$(base64 --decode <<< "$3") || return 1
  subject=$(openssl req -noout -subject -nameopt RFC2253 <<< "$pem" 2> /dev/null) || return 1
  [[ ${subject#subject=} = "CN=system:node:$1,O=system:nodes" || ${subject#subject=} = "O=system:nodes,CN=system:node:$1" ]] || return 1
  [[ $(names_asked_for <<< "$pem") = "DNS:$1"$'\n'"IPAddress:$2" ]]
}

approve_kubelets() {
  local requests request node body address
  requests=$(pending_kubelet_requests) || return 0
  while read -r request node body; do
    [[ -n $request ]] || continue
    address=$(kube get node "$node" --ignore-not-found -o "jsonpath={.metadata.labels.${address_label//./\\.}}") || continue
    if [[ -n $address ]] && is_its_own "$node" "$address" "$body"; then
      kube certificate approve "$request" > /dev/null || true
    elif [[ -n $address ]]; then
      echo "$request isn't approved: $node asks for a certificate that isn't for its own name and address $address" >&2
    fi
  done <<< "$requests"
}

# What the API server says of a kubelet whose certificate isn't signed yet; that it doesn't reach one at all is another matter.
kubelet_is_known() {
  approve_kubelets
  answer=$(kube get --raw "/api/v1/nodes/$nodeName/proxy/healthz" 2>&1) && return 0
  [[ $answer != *tls:* && $answer != *x509:* ]]
}

await_kubelet_certificate() {
  [[ $distribution = kubeadm ]] || return 0
  until_success 90 "$nodeName's kubelet to have its certificate" kubelet_is_known || fail "the API server doesn't know $nodeName's kubelet by its certificate after 90 s: ${answer:0:300}
Fix: look at the requests (kubectl get csr), then run again."
}
