// Command nfsplugin stands in for csi-driver-nfs, whose module no Go proxy has: a CSI driver whose volumes are folders of NFS
// exports. It takes the real one's options and classes; it makes no snapshots, no copies of volumes and no inline volumes.
package main

import (
	"context"
	"flag"
	"log"
	"strings"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"

	"grappe.test/toolchain/csi-driver-nfs/socket"
)

type identity struct {
	csi.UnimplementedIdentityServer
	name string
}

func (i identity) GetPluginInfo(context.Context, *csi.GetPluginInfoRequest) (*csi.GetPluginInfoResponse, error) {
	return &csi.GetPluginInfoResponse{Name: i.name, VendorVersion: "stand-in"}, nil
}

func (i identity) GetPluginCapabilities(context.Context, *csi.GetPluginCapabilitiesRequest) (*csi.GetPluginCapabilitiesResponse, error) {
	service := &csi.PluginCapability_Service{Type: csi.PluginCapability_Service_CONTROLLER_SERVICE}
	return &csi.GetPluginCapabilitiesResponse{
		Capabilities: []*csi.PluginCapability{{Type: &csi.PluginCapability_Service_{Service: service}}},
	}, nil
}

func (i identity) Probe(context.Context, *csi.ProbeRequest) (*csi.ProbeResponse, error) {
	return &csi.ProbeResponse{}, nil
}

func main() {
	name := flag.String("drivername", "nfs.csi.k8s.io", "the driver's name")
	nodeID := flag.String("nodeid", "", "the node's name")
	endpoint := flag.String("endpoint", "unix:///csi/csi.sock", "the socket that is served")
	permissions := flag.Uint("mount-permissions", 0, "of new volumes' folders; 0: as they are made")
	workingFolder := flag.String("working-mount-dir", "/tmp", "where exports are mounted while folders are made")
	onDelete := flag.String("default-ondelete-policy", onDeleteRemove, "of classes that say nothing about it")
	for _, ignored := range []string{"v", "use-tar-command-in-snapshot", "enable-snapshot-compression"} {
		_ = flag.String(ignored, "", "taken, as the real driver does, and of no effect")
	}
	flag.Parse()
	err := socket.Serve(strings.TrimPrefix(*endpoint, "unix://"), func(server *grpc.Server) {
		csi.RegisterIdentityServer(server, identity{name: *name})
		csi.RegisterNodeServer(server, node{id: *nodeID})
		csi.RegisterControllerServer(server, controller{
			workingFolder:   *workingFolder,
			defaultOnDelete: *onDelete,
			permissions:     uint32(*permissions),
		})
	})
	if err != nil {
		log.Fatal(err)
	}
}
