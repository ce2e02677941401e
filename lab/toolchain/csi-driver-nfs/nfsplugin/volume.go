package main

import (
	"fmt"
	"path"
	"strconv"
	"strings"
)

// What becomes of a volume's folder when Kubernetes deletes the volume.
const (
	onDeleteRemove  = "delete"
	onDeleteRetain  = "retain"
	onDeleteArchive = "archive"
)

// A volume is a folder of an export.
type volume struct {
	server, share, folder, onDelete string
}

const separator = "#"

// The volume's id holds all that is known of it: there is no other state.
func (v volume) id() string {
	return strings.Join([]string{v.server, v.share, v.folder, v.onDelete}, separator)
}

func parseID(id string) (volume, error) {
	fields := strings.Split(id, separator)
	if len(fields) != 4 {
		return volume{}, fmt.Errorf("%q is no volume of this driver", id)
	}
	return volume{server: fields[0], share: fields[1], folder: fields[2], onDelete: fields[3]}, nil
}

// What mount calls the volume; of an IPv6 address it wants brackets.
func (v volume) source(folder string) string {
	server := v.server
	if strings.Contains(server, ":") && !strings.HasPrefix(server, "[") {
		server = "[" + server + "]"
	}
	return server + ":" + path.Join("/", v.share, folder)
}

// What the provisioner adds to a class's parameters, and what stands for it in `subDir`.
var metadata = map[string]string{
	"csi.storage.k8s.io/pvc/name":      "${pvc.metadata.name}",
	"csi.storage.k8s.io/pvc/namespace": "${pvc.metadata.namespace}",
	"csi.storage.k8s.io/pv/name":       "${pv.metadata.name}",
}

type request struct {
	volume volume
	// Of the folder, in octal; 0: as it was made.
	permissions uint32
}

// Reads a class's parameters, in whatever case they are written. A parameter that means nothing here is refused.
func parseRequest(name string, parameters map[string]string, onDelete string, permissions uint32) (request, error) {
	made := request{volume: volume{folder: name, onDelete: onDelete}, permissions: permissions}
	subDir := ""
	replacements := []string{}
	for key, value := range parameters {
		if placeholder, known := metadata[key]; known {
			replacements = append(replacements, placeholder, value)
			continue
		}
		switch strings.ToLower(key) {
		case "server":
			made.volume.server = value
		case "share":
			made.volume.share = value
		case "subdir":
			subDir = value
		case "ondelete":
			made.volume.onDelete = strings.ToLower(value)
		case "mountpermissions":
			parsed, err := strconv.ParseUint(value, 8, 32)
			if err != nil {
				return made, fmt.Errorf("mountPermissions %q is no octal number", value)
			}
			made.permissions = uint32(parsed)
		default:
			return made, fmt.Errorf("there is no parameter %q", key)
		}
	}
	if subDir != "" {
		made.volume.folder = strings.NewReplacer(replacements...).Replace(subDir)
	}
	return made, made.volume.check()
}

func (v volume) check() error {
	for name, value := range map[string]string{"server": v.server, "share": v.share, "subDir": v.folder} {
		if value == "" {
			return fmt.Errorf("%s is missing", name)
		}
		if strings.Contains(value, separator) || strings.Contains("/"+value+"/", "/../") {
			return fmt.Errorf("%s can't be %q", name, value)
		}
	}
	if path.Join("/", v.folder) == "/" {
		return fmt.Errorf("subDir %q is the export itself", v.folder)
	}
	switch v.onDelete {
	case onDeleteRemove, onDeleteRetain, onDeleteArchive:
		return nil
	}
	return fmt.Errorf("onDelete can't be %q", v.onDelete)
}
