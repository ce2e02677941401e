{{- define "nfs.labels" -}}
{app.kubernetes.io/name: csi-driver-nfs, app.kubernetes.io/instance: {{ .Release.Name }}}
{{- end -}}

{{- /* The container of the driver itself, and that of its liveness probe, at a port of the node's. */ -}}
{{- define "nfs.driver" -}}
- name: nfs
  image: registry.k8s.io/sig-storage/nfsplugin:{{ .chart.AppVersion }}
  imagePullPolicy: IfNotPresent
  args:
    - --nodeid=$(NODE_ID)
    - --endpoint=unix:///csi/csi.sock
    - --drivername=nfs.csi.k8s.io
  env:
    - {name: NODE_ID, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
  # It mounts on the node's own file system.
  securityContext: {privileged: true}
  livenessProbe:
    httpGet: {host: localhost, path: /healthz, port: {{ .port }}}
    initialDelaySeconds: 30
    timeoutSeconds: 10
    periodSeconds: 30
    failureThreshold: 5
  resources: {requests: {cpu: 10m, memory: 20Mi}, limits: {memory: 300Mi}}
  volumeMounts:
    - {name: socket, mountPath: /csi}
    - {name: pods, mountPath: /var/lib/kubelet/pods, mountPropagation: Bidirectional}
- name: liveness-probe
  image: registry.k8s.io/sig-storage/livenessprobe:v2.19.0
  imagePullPolicy: IfNotPresent
  args: [--csi-address=/csi/csi.sock, --probe-timeout=3s, "--http-endpoint=localhost:{{ .port }}"]
  {{- include "nfs.sidecar" . | nindent 2 }}
{{- end -}}

{{- define "nfs.sidecar" -}}
securityContext: {capabilities: {drop: [ALL]}}
resources: {requests: {cpu: 10m, memory: 20Mi}, limits: {memory: 400Mi}}
volumeMounts:
  - {name: socket, mountPath: /csi}
{{- end -}}
