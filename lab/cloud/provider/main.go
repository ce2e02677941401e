// Command pulumi-resource-openstack is the OpenStack provider that @pulumi/openstack 3.15.2 speaks to: Terraform's provider,
// bridged, with its names given by rule (names.go). For computers that Pulumi's own build of it doesn't reach.
package main

import (
	"fmt"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	sdkv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/terraform-provider-openstack/terraform-provider-openstack/openstack"
)

// The release of the SDK that it serves.
const version = "3.15.2"

func main() {
	info := providerInfo()
	if len(os.Args) == 2 && os.Args[1] == "-names" {
		if err := writeNames(os.Stdout, info); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	// SDKs are generated from the schema; the engine needs none.
	schema := []byte(`{"name":"openstack","version":"` + version + `"}`)
	tfbridge.Main("openstack", version, info, schema)
}

// providerInfo maps what a site and its tests need: compute, images and networking.
func providerInfo() tfbridge.ProviderInfo {
	provider := openstack.Provider()
	// It has a default, by which Terraform takes it for given and warns in every run; we have no load balancers of this kind.
	provider.Schema["use_octavia"].Deprecated = ""
	info := tfbridge.ProviderInfo{
		P:           sdkv2.NewProvider(provider),
		Name:        "openstack",
		Version:     version,
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
	}
	info.P.ResourcesMap().Range(func(name string, _ shim.Resource) bool {
		if token, ok := resourceToken(name); ok {
			info.Resources[name] = &tfbridge.ResourceInfo{Tok: token, Fields: renamed[name]}
		} else {
			info.IgnoreMappings = append(info.IgnoreMappings, name)
		}
		return true
	})
	info.P.DataSourcesMap().Range(func(name string, _ shim.Resource) bool {
		if token, ok := functionToken(name); ok {
			info.DataSources[name] = &tfbridge.DataSourceInfo{Tok: token}
		} else {
			info.IgnoreMappings = append(info.IgnoreMappings, name)
		}
		return true
	})
	info.SetAutonaming(255, "-")
	return info
}
