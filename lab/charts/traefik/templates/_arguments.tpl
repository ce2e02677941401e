{{- /* Traefik's arguments for a tree of its static configuration: "path" and "content". */ -}}
{{- define "traefik.arguments" -}}
{{- $path := .path -}}
{{- range $key, $value := .content -}}
{{- if kindIs "map" $value }}
{{- include "traefik.arguments" (dict "path" (printf "%s.%s" $path $key) "content" $value) }}
{{- else if kindIs "slice" $value }}
- --{{ $path }}.{{ $key }}={{ join "," $value }}
{{- else }}
- --{{ $path }}.{{ $key }}={{ $value }}
{{- end }}
{{- end }}
{{- end }}

{{- define "traefik.labels" -}}
app.kubernetes.io/name: traefik
app.kubernetes.io/instance: {{ printf "%s-%s" .Release.Name .Release.Namespace }}
{{- end }}
