package main

import (
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// openstack_<module>_<words>_v<version>
var form = regexp.MustCompile(`^openstack_(compute|images|networking)_([a-z0-9_]+?)_v([0-9]+)$`)

// Words that Terraform writes together and the SDK apart.
var compounds = strings.NewReplacer(
	"addressscope", "address_scope",
	"floatingip", "floating_ip",
	"portforwarding", "port_forwarding",
	"quotaset", "quota_set",
	"secgroup", "sec_group",
	"servergroup", "server_group",
	"subnetpool", "subnet_pool",
)

// Resources and data sources whose names in the SDK end with the version: those added since it follows upstream.
var versionedResources = []string{
	"openstack_compute_aggregate_v2",
	"openstack_compute_quotaset_v2",
	"openstack_networking_portforwarding_v2",
	"openstack_networking_quota_v2",
	"openstack_networking_rbac_policy_v2",
}

var versionedDataSources = []string{
	"openstack_compute_aggregate_v2",
	"openstack_compute_hypervisor_v2",
	"openstack_compute_instance_v2",
	"openstack_compute_limits_v2",
	"openstack_compute_quotaset_v2",
	"openstack_networking_quota_v2",
	"openstack_networking_subnet_ids_v2",
}

// Properties that the SDK gives another name or shape than the rule.
var renamed = map[string]map[string]*tfbridge.SchemaInfo{
	"openstack_compute_servergroup_v2": {"policies": {MaxItemsOne: tfbridge.False()}},
	"openstack_networking_subnet_v2": {
		"allocation_pool":  {Name: "allocationPools"},
		"allocation_pools": {Name: "allocationPoolsCollection"},
	},
}

// resourceToken: openstack_networking_network_v2 is openstack:networking/network:Network.
func resourceToken(name string) (token tokens.Type, ok bool) {
	module, member, ok := split(name, versionedResources)
	if !ok {
		return "", false
	}
	return tokens.Type("openstack:" + module + "/" + strings.ToLower(member[:1]) + member[1:] + ":" + member), true
}

// functionToken: openstack_networking_network_v2 is openstack:networking/getNetwork:getNetwork.
func functionToken(name string) (token tokens.ModuleMember, ok bool) {
	module, member, ok := split(name, versionedDataSources)
	if !ok {
		return "", false
	}
	return tokens.ModuleMember("openstack:" + module + "/get" + member + ":get" + member), true
}

func split(name string, versioned []string) (module string, member string, ok bool) {
	parts := form.FindStringSubmatch(name)
	if parts == nil {
		return "", "", false
	}
	for _, word := range strings.Split(compounds.Replace(parts[2]), "_") {
		member += strings.ToUpper(word[:1]) + word[1:]
	}
	if slices.Contains(versioned, name) {
		member += "V" + parts[3]
	}
	return parts[1], member, true
}

// A property, and the properties of the objects in it.
type property struct {
	Input  bool                `json:"input"`
	List   bool                `json:"list"`
	Nested map[string]property `json:"nested,omitempty"`
}

// writeNames tells every token and property, for a comparison with the SDK.
func writeNames(out io.Writer, info tfbridge.ProviderInfo) error {
	names := map[string]map[string]property{}
	for name, resource := range info.Resources {
		names[string(resource.Tok)] = properties(info.P.ResourcesMap().Get(name).Schema(), resource.Fields)
	}
	for name, function := range info.DataSources {
		names[string(function.Tok)] = properties(info.P.DataSourcesMap().Get(name).Schema(), function.Fields)
	}
	return json.NewEncoder(out).Encode(names)
}

func properties(schema shim.SchemaMap, fields map[string]*tfbridge.SchemaInfo) map[string]property {
	all := map[string]property{}
	schema.Range(func(name string, field shim.Schema) bool {
		isList := field.Type() == shim.TypeList || field.Type() == shim.TypeSet
		one := property{
			Input: field.Required() || field.Optional(),
			List:  isList && !tfbridge.IsMaxItemsOne(field, fields[name]),
		}
		if nested, ok := field.Elem().(shim.Resource); ok {
			var nestedFields map[string]*tfbridge.SchemaInfo
			if info := fields[name]; info != nil && info.Elem != nil {
				nestedFields = info.Elem.Fields
			}
			one.Nested = properties(nested.Schema(), nestedFields)
		}
		all[tfbridge.TerraformToPulumiNameV2(name, schema, fields)] = one
		return true
	})
	return all
}
