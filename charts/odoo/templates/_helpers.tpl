{{- define "odoo.selector" -}}
app.kubernetes.io/name: odoo
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "odoo.labels" -}}
{{ include "odoo.selector" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "odoo.databaseName" -}}{{ .Release.Name }}-database{{- end }}

{{/* The operator labels its instances in its own way. */}}
{{- define "odoo.databaseSelector" -}}
{{- if eq .Values.database.kind "cluster" -}}
cnpg.io/cluster: {{ include "odoo.databaseName" . }}
{{- else -}}
{{ include "odoo.selector" (dict "root" . "component" "database") }}
{{- end }}
{{- end }}

{{/* The Service that leads to the instance that takes writes. */}}
{{- define "odoo.databaseHost" -}}
{{ include "odoo.databaseName" . }}{{ if eq .Values.database.kind "cluster" }}-rw{{ end }}
{{- end }}

{{/* Whether requests come through the pod's own proxy: outside an ingress, with websockets on a port of their own. */}}
{{- define "odoo.proxied" -}}
{{- if and (not .Values.ingress.enabled) (gt (int .Values.odoo.workers) 0) }}true{{ end }}
{{- end }}

{{/* Such as 19.0, by the image's tag. */}}
{{- define "odoo.series" -}}
{{- $series := regexFind ":[0-9]+\\.0" .Values.image | trimPrefix ":" }}
{{- if not (has $series (list "18.0" "19.0")) }}
{{- fail "image: its tag must begin with Odoo's series, 18.0 or 19.0" }}
{{- end }}
{{- $series }}
{{- end }}

{{/* Where attachments are, as Odoo calls it. */}}
{{- define "odoo.attachments" -}}{{ ternary "file" "db" .Values.filestore.enabled }}{{- end }}

{{/* Whether there is a volume for files: to keep them in, or to move them from. */}}
{{- define "odoo.hasFilestore" -}}
{{- if or .Values.filestore.enabled .Values.filestore.moveToDatabase }}true{{ end }}
{{- end }}

{{/* What the initialisation is made of; the same revision is never run twice. */}}
{{- define "odoo.revision" -}}
{{- $files := list }}
{{- range $path, $_ := .Files.Glob "files/*.{py,js}" }}{{ $files = append $files ($.Files.Get $path) }}{{ end }}
{{- list .Values.image .Values.odoo.modules .Values.odoo.language .Values.odoo.country .Values.pointOfSale .Values.odoo.url .Values.administrator.login .Values.credentialsRevision .Values.filestore.enabled .Values.filestore.moveToDatabase $files | toJson | sha256sum | trunc 10 }}
{{- end }}

{{/*
The user of the official images, in every series. It is no value: files that one user made are not another one's, and
OnRootMismatch looks at the topmost folder's group alone.
*/}}
{{- define "odoo.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 100
runAsGroup: 101
fsGroup: 101
# The whole filestore's ownership is not gone through at every start.
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "odoo.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "odoo.environment" -}}
- name: HOME
  value: /var/lib/odoo
- name: ODOO_RC
  value: /run/odoo/odoo.conf
- name: PGSERVICEFILE
  value: /run/odoo/pg_service.conf
- name: PGSERVICE
  value: odoo
{{- if not .Values.filestore.enabled }}
# A schema of their own; host, user and password stand in the file above.
- name: SESSION_DB_URI
  value: postgresql:///{{ .Values.database.name }}?service=odoo&options=-csearch_path%3Dsessions
{{- end }}
- name: PYTHONDONTWRITEBYTECODE
  value: "1"
- name: REVISION
  value: {{ include "odoo.revision" . | quote }}
{{- end }}

{{- define "odoo.mounts" -}}
- name: runtime
  mountPath: /run/odoo
- name: scripts
  mountPath: /scripts
  readOnly: true
- name: temporary
  mountPath: /tmp
{{- end }}

{{- define "odoo.volumes" -}}
- name: runtime
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
- name: temporary
  emptyDir: {}
- name: scripts
  configMap:
    name: {{ .Release.Name }}-scripts
- name: configuration
  configMap:
    name: {{ .Release.Name }}-configuration
- name: administrator
  secret:
    secretName: {{ .Values.secrets.administrator }}
    defaultMode: 0440
- name: database
  secret:
    secretName: {{ .Values.secrets.database }}
    defaultMode: 0440
{{- if not .Values.filestore.enabled }}
- name: session-module
  configMap:
    name: {{ required "sessions.module: name the ConfigMap with OCA's session_db, or enable the filestore" .Values.sessions.module }}
{{- end }}
{{- end }}

{{/* What Odoo writes into: the filestore, or nothing that lasts. */}}
{{- define "odoo.data" -}}
- name: data
  {{- if eq .hasFilestore "true" }}
  persistentVolumeClaim:
    claimName: {{ .root.Release.Name }}-filestore
  {{- else }}
  emptyDir:
    sizeLimit: 1Gi
  {{- end }}
{{- end }}

{{/* First container of every pod of Odoo: only it sees the secrets and the configuration's parts. */}}
{{- define "odoo.configureContainer" -}}
- name: configure
  image: {{ .Values.image }}
  command: [python3, /scripts/configure.py]
  env: {{- include "odoo.environment" . | nindent 4 }}
  securityContext: {{- include "odoo.securityContext" . | nindent 4 }}
  resources:
    requests: {cpu: 50m, memory: 64Mi}
    limits: {memory: 256Mi}
  volumeMounts:
    {{- include "odoo.mounts" . | nindent 4 }}
    - name: configuration
      mountPath: /configuration
      readOnly: true
    - name: administrator
      mountPath: /run/secrets/administrator
      readOnly: true
    - name: database
      mountPath: /run/secrets/database
      readOnly: true
    {{- if not .Values.filestore.enabled }}
    - name: session-module
      mountPath: /session-module
      readOnly: true
    {{- end }}
{{- end }}

{{/* Whether the operator that is there knows the primary's lease: its definition says so. Without a cluster none is. */}}
{{- define "odoo.knowsPrimaryLease" -}}
{{- $definition := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" "clusters.postgresql.cnpg.io" -}}
{{- range (dig "spec" "versions" list $definition) -}}
{{- if hasKey (dig "schema" "openAPIV3Schema" "properties" "spec" "properties" dict .) "primaryLease" -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{- /* Rules of Traefik for what isn't for everybody. Odoo takes a language before any path. */ -}}
{{- define "odoo.guarded" -}}
{{- $language := "(/[a-z]{2,3}([_-][A-Za-z0-9]+)?(@[a-z]+)?)?" -}}
{{- if eq . "database-manager" -}}
PathRegexp(`^{{ $language }}/web/database(/|$)`)
{{- else if eq . "rpc" -}}
PathRegexp(`^{{ $language }}/(xmlrpc|jsonrpc|json)(/|$)`)
{{- else if eq . "large-requests" -}}
{{- /* Of a hundred megabytes or more. */ -}}
HeaderRegexp(`Content-Length`, `^[0-9]{9,}$`)
{{- else if eq . "log-in" -}}
Method(`POST`) && PathRegexp(`^{{ $language }}/web/(login|session/authenticate|signup|reset_password)(/|$)`)
{{- end -}}
{{- end }}

{{- /* Traefik's middleware for one of these: "root" and "name". */ -}}
{{- define "odoo.guard" -}}
{{- /* Traefik leaves a route out whose list is empty; from its own loopback address nobody asks. */ -}}
{{- $nobody := list "127.0.0.1/32" -}}
{{- $who := ternary (dict "ipStrategy" (dict "depth" 1)) dict (eq .root.Values.ingress.isBehindProxy true) -}}
{{- if eq .name "database-manager" -}}
ipAllowList: {{ dict "sourceRange" $nobody "rejectStatusCode" 404 | toJson }}
{{- else if eq .name "rpc" -}}
ipAllowList: {{ merge (dict "sourceRange" (concat $nobody .root.Values.guard.rpcAllowedCidrs) "rejectStatusCode" 404) $who | toJson }}
{{- else if eq .name "large-requests" -}}
ipAllowList: {{ dict "sourceRange" $nobody "rejectStatusCode" 413 | toJson }}
{{- else if eq .name "log-in" -}}
{{- with .root.Values.guard.logIns -}}
rateLimit: {{ merge (dict "average" .perMinute "burst" .atOnce "period" "1m") (ternary (dict "sourceCriterion" $who) dict (gt (len $who) 0)) | toJson }}
{{- end -}}
{{- end -}}
{{- end }}

{{- /* How a route of Traefik's is encrypted; nothing where it isn't. */ -}}
{{- define "odoo.routeTls" -}}
{{- if .Values.ingress.tlsSecret -}}
tls: {secretName: {{ .Values.ingress.tlsSecret }}}
{{- else if .Values.ingress.certificateResolver -}}
tls: {certResolver: {{ .Values.ingress.certificateResolver }}}
{{- else if eq .Values.ingress.entryPoint "websecure" -}}
# Traefik's default certificate.
tls: {}
{{- end -}}
{{- end }}
