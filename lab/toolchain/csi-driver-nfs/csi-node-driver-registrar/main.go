// Command csi-node-driver-registrar tells the kubelet, at a socket in the folder that it watches, of a CSI driver on its node.
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc"
	registration "k8s.io/kubelet/pkg/apis/pluginregistration/v1"

	"grappe.test/toolchain/csi-driver-nfs/socket"
)

const folder = "/registration"

type registrar struct {
	registration.UnsafeRegistrationServer
	info *registration.PluginInfo
}

func (r registrar) GetInfo(context.Context, *registration.InfoRequest) (*registration.PluginInfo, error) {
	return r.info, nil
}

// Where the kubelet refused the driver, the container ends, so that it is seen, and tried again.
func (r registrar) NotifyRegistrationStatus(_ context.Context, status *registration.RegistrationStatus) (*registration.RegistrationStatusResponse, error) {
	if !status.PluginRegistered {
		log.Fatalf("the kubelet refused %s: %s", r.info.Name, status.Error)
	}
	log.Printf("the kubelet knows %s", r.info.Name)
	return &registration.RegistrationStatusResponse{}, nil
}

func serveHealth(endpoint, path string) {
	http.HandleFunc("/healthz", func(answer http.ResponseWriter, _ *http.Request) {
		if _, err := os.Stat(path); err != nil {
			http.Error(answer, err.Error(), http.StatusInternalServerError)
		}
	})
	log.Fatal(http.ListenAndServe(endpoint, nil))
}

func main() {
	address := flag.String("csi-address", "/csi/csi.sock", "the driver's socket, as this container sees it")
	kubelets := flag.String("kubelet-registration-path", "", "the driver's socket, as the kubelet sees it")
	timeout := flag.Duration("timeout", time.Minute, "how long the driver may take to answer at the start")
	endpoint := flag.String("http-endpoint", "", "where /healthz is served")
	_ = flag.Int("v", 0, "taken, as the real program does; nothing more is said")
	flag.Parse()
	driver, err := socket.Driver(*address)
	if err != nil {
		log.Fatal(err)
	}
	name, err := socket.NameOf(driver, *timeout)
	if err != nil {
		log.Fatalf("no driver answers at %s: %v", *address, err)
	}
	path := filepath.Join(folder, name+"-reg.sock")
	if *endpoint != "" {
		go serveHealth(*endpoint, path)
	}
	info := &registration.PluginInfo{
		Type:              registration.CSIPlugin,
		Name:              name,
		Endpoint:          *kubelets,
		SupportedVersions: []string{"1.0.0"},
	}
	if err := socket.Serve(path, func(server *grpc.Server) {
		registration.RegisterRegistrationServer(server, registrar{info: info})
	}); err != nil {
		log.Fatal(err)
	}
}
