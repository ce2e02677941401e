// Command livenessprobe answers the kubelet's question over HTTP whether a CSI driver lives by asking that driver at its socket.
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"

	"grappe.test/toolchain/csi-driver-nfs/socket"
)

func main() {
	address := flag.String("csi-address", "/csi/csi.sock", "the driver's socket")
	timeout := flag.Duration("probe-timeout", time.Second, "how long the driver may take")
	endpoint := flag.String("http-endpoint", "", "where /healthz is served")
	_ = flag.Int("v", 0, "taken, as the real program does; nothing more is said")
	flag.Parse()
	driver, err := socket.Driver(*address)
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/healthz", func(answer http.ResponseWriter, request *http.Request) {
		ctx, cancel := context.WithTimeout(request.Context(), *timeout)
		defer cancel()
		// A driver that doesn't say whether it is ready is.
		if probed, err := driver.Probe(ctx, &csi.ProbeRequest{}); err != nil {
			http.Error(answer, err.Error(), http.StatusInternalServerError)
		} else if ready := probed.GetReady(); ready != nil && !ready.GetValue() {
			http.Error(answer, "the driver isn't ready", http.StatusInternalServerError)
		}
	})
	log.Fatal(http.ListenAndServe(*endpoint, nil))
}
