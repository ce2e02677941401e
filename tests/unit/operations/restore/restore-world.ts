import { loadScript } from "../../../../components/host/script.ts";
import { shellAssignments } from "../../../../components/host/shell-assignments.ts";
import { type Ended, inOwnNamespace } from "../../host/own-namespace.ts";

const folder = new URL("../../../../operations/restore/x", import.meta.url).href;

export type Distribution = "k3s" | "kubeadm";

/** A step of a restore with its values. */
export interface Step {
  readonly file: string;
  readonly values?: Readonly<Record<string, string>>;
}

const snapshots: Readonly<Record<Distribution, string>> = {
  kubeadm: "etcd-pi-1-20261129T120000Z.db",
  k3s: "etcd-snapshot-pi-1-1796040000",
};
export const snapshotName = (distribution: Distribution) => snapshots[distribution];

/** What every step gets; pi-1 has the snapshot, pi-2 is the machine here unless a step says otherwise. */
const valuesOf = (distribution: Distribution) => ({
  distribution,
  restoreId: "20261129T141500Z",
  abandoned: "",
  target: "10.0.0.1",
  snapshot: snapshotName(distribution),
  place: "disk",
  nodeName: "pi-2",
  nodeAddress: "10.0.0.2",
  otherServers: "10.0.0.1 10.0.0.3",
  only: "",
});

/**
 * Programs in the place of real ones. The kubelet is `pgrep` and `kubectl`, for which a static pod runs as long as its manifest lies where
 * the kubelet looks. etcd on the other server is `curl`, with its members in /run/members (id,name,peer URL,learner); k3s is as its source
 * has it: it makes a cluster of its own where it finds neither data nor who to join.
 */
const programs = `
mkdir -p bin
mount -t tmpfs none /usr/local/bin
PATH=$PWD/bin:$PATH
cat > bin/hostname << 'PROGRAM'
#!/bin/sh
echo pi-2
PROGRAM
cat > bin/systemctl << 'PROGRAM'
#!/bin/bash
echo "systemctl $*" >> /run/log
data=/var/lib/rancher/k3s/server/db/etcd join=/etc/rancher/k3s/config.yaml.d/join.yaml
case "$*" in
  'stop k3s.service') rm -f /run/k3s-runs ;;
  'start k3s.service')
    rm -f /var/lib/rancher/k3s/server/db/reset-flag
    if [[ ! -d $data/member/wal ]]; then
      if [[ ! -e $join ]]; then echo yes > /run/own-cluster; fi
      mkdir -p $data/member/wal
      echo joined > $data/member/from
      echo '18,pi-2-00000001,https://10.0.0.2:2380,false' >> /run/members
    fi
    touch /run/k3s-runs ;;
esac
PROGRAM
cat > bin/pgrep << 'PROGRAM'
#!/bin/bash
for manifest in /etc/kubernetes/manifests/*.yaml; do
  name=\${manifest##*/}; name=\${name%.yaml}
  if [[ \${name:0:15} = "$2" ]]; then exit 0; fi
done
exit 1
PROGRAM
cat > bin/ctr << 'PROGRAM'
#!/bin/bash
echo "ctr $*" >> /run/log
while (($# > 0)) && [[ $1 != etcdutl ]]; do shift; done
case "$2 $3" in
  'snapshot status') echo 'deadbeef, 4711, 812, 3.2 MB' ;;
  'snapshot restore')
    file=$4
    if [[ $5 = --skip-hash-check ]]; then shift; elif [[ $file != *.db ]]; then exit 1; fi
    [[ -e $file && ! -e $6 ]] || { echo "no $file, or $6 not empty" >&2; exit 1; }
    mkdir -p "$6/member/wal"
    if [[ $file = */snap/db ]]; then cat "$file"; else basename "$file"; fi > "$6/member/from" ;;
esac
PROGRAM
cat > /usr/local/bin/kubectl << 'PROGRAM'
#!/bin/bash
case "$*" in
  *readyz*) [[ -e /etc/kubernetes/manifests/kube-apiserver.yaml && -e /etc/kubernetes/manifests/etcd.yaml ]] ;;
  *'get node '*) echo node/pi-2 ;;
  *) echo "kubectl \${*##*=}" >> /run/log ;;
esac
PROGRAM
cat > /usr/local/bin/k3s << 'PROGRAM'
#!/bin/bash
db=/var/lib/rancher/k3s/server/db
case "$*" in
  *readyz*) [[ -e /run/k3s-runs ]] ;;
  *'get node '*) echo node/pi-2 ;;
  kubectl*) echo "kubectl \${*##*=}" >> /run/log ;;
  'server --cluster-reset --etcd-s3=false')
    if [[ -e $db/reset-flag || -e /etc/rancher/k3s/config.yaml.d/join.yaml || -e /run/k3s-runs || ! -d $db/etcd/member/wal ]]; then exit 1; fi
    echo "$(cat $db/etcd/member/from), alone" > $db/etcd/member/alone
    touch $db/reset-flag ;;
  'server --cluster-reset --etcd-s3=false '*)
    if [[ -e $db/reset-flag || -e /etc/rancher/k3s/config.yaml.d/join.yaml || -e /run/k3s-runs ]]; then echo 'refused'; exit 1; fi
    mv $db/etcd "$db/etcd-old-$RANDOM" || exit 1
    mkdir -p $db/etcd/member/wal
    basename "\${*##*=}" > $db/etcd/member/from
    touch $db/reset-flag ;;
esac
PROGRAM
cat > bin/curl << 'PROGRAM'
#!/bin/bash
list() {
  awk -F , -v quote="$1" 'BEGIN { printf "{\\"header\\":{\\"cluster_id\\":\\"1\\"},\\"members\\":[" } {
    printf "%s{\\"ID\\":%s%s%s,%s\\"peerURLs\\":[\\"%s\\"],\\"clientURLs\\":[]%s}", (NR == 1 ? "" : ","), quote, $1, quote,
      ($2 == "" ? "" : "\\"name\\":\\"" $2 "\\","), $3, ($4 == "true" ? ",\\"isLearner\\":true" : "") } END { print "]}" }' /run/members
}
case "$*" in
  *localhost:9443*) exec /usr/bin/curl "$@" ;;
  *member/list*) list '"' ;;
  *db/info*) list '' ;;
  *member/add*) if grep -q https://10.0.0.2: /run/members; then exit 22; else echo '99,,https://10.0.0.2:2380,true' >> /run/members; fi ;;
  *member/promote*)
    grep -q 'initial-cluster-state=existing' /etc/kubernetes/manifests/etcd.yaml || exit 22
    [[ -d /var/lib/etcd/member ]] || { mkdir -p /var/lib/etcd/member/wal; echo joined > /var/lib/etcd/member/from; }
    sed -i 's/^99,.*/99,pi-2,https:\\/\\/10.0.0.2:2380,false/' /run/members ;;
  *127.0.0.1:6443*) [[ -n \${API-} ]] && echo "$API" ;;
  *10.0.0.3:6443*) [[ -n \${NEIGHBOUR-} ]] && echo "$NEIGHBOUR" ;;
  *) exit 7 ;;
esac
PROGRAM
chmod +x bin/* /usr/local/bin/*
`;

/** A server as it is before a restore: its etcd's data is the former cluster's. */
const server: Readonly<Record<Distribution, string>> = {
  kubeadm: `
rm -rf /etc/kubernetes /var/lib/etcd /var/lib/grappe
mkdir -p /etc/kubernetes/manifests /var/lib/grappe/{etcd-snapshots,kubernetes} /var/lib/etcd/member/{wal,snap}
echo former | tee /var/lib/etcd/member/from > /var/lib/etcd/member/snap/db
for name in kube-apiserver kube-controller-manager kube-scheduler; do echo "name: $name" > /etc/kubernetes/manifests/$name.yaml; done
cat > /etc/kubernetes/manifests/etcd.yaml << 'MANIFEST'
    - etcd
    - --initial-advertise-peer-urls=https://10.0.0.2:2380
    - --initial-cluster=pi-2=https://10.0.0.2:2380
    - --listen-peer-urls=https://10.0.0.2:2380
    - --name=pi-2
    image: registry.k8s.io/etcd:3.6.5-0
    imagePullPolicy: IfNotPresent
MANIFEST
echo v1.36.3 > /var/lib/grappe/kubernetes/version; touch /var/lib/grappe/kubernetes/member
file=/var/lib/grappe/etcd-snapshots/${snapshots.kubeadm}`,
  k3s: `
rm -rf /etc/rancher /var/lib/rancher /var/lib/grappe /run/own-cluster
mkdir -p /etc/rancher/k3s/config.yaml.d /var/lib/rancher/k3s/server/db/{etcd/member/{wal,snap},snapshots} /var/lib/grappe/kubernetes
echo former | tee /var/lib/rancher/k3s/server/db/etcd/member/from > /var/lib/rancher/k3s/server/db/etcd/member/snap/db
echo K10abc::server:secret > /var/lib/rancher/k3s/server/token
echo v1.36.5+k3s1 > /var/lib/grappe/kubernetes/version; touch /var/lib/grappe/kubernetes/member /run/k3s-runs
file=/var/lib/rancher/k3s/server/db/snapshots/${snapshots.k3s}`,
};

const fresh = (distribution: Distribution) => `
rm -f /run/log
${server[distribution]}
head -c 1024 /dev/zero > "$file"
printf "$(sha256sum < "$file" | cut -c -64 | sed 's/../\\\\x&/g')" >> "$file"
echo '17,pi-1,https://10.0.0.1:2380,false' > /run/members
`;

/** A step as a file, which is killed at its KILL_AT-th command. */
const files = (distribution: Distribution, { file, values }: Step, index: number) => `
cat > step-${index} << 'STEP'
set -T
count=0
trap 'if ((++count == \${KILL_AT:-0})); then kill -9 $$; fi' DEBUG
${loadScript(folder, file).text}
STEP
cat > values-${index} << 'VALUES'
${shellAssignments({ ...valuesOf(distribution), ...values })}
VALUES
`;

/**
 * Runs `body` on a machine with these programs; `run N` runs the N-th step, `fresh` makes the server what it was. `before` runs while there
 * are this computer's own.
 */
export async function onServer(
  distribution: Distribution,
  steps: readonly Step[],
  body: string,
  before = "",
): Promise<Ended> {
  return await inOwnNamespace(
    `${before}
${programs}
${steps.map((step, index) => files(distribution, step, index)).join("\n")}
fresh() { ${fresh(distribution)} }
run() { bash --norc "step-$1" < "values-$1"; }
fresh
${body}`,
    ["/var/lib", "/usr/local/lib"],
  );
}
