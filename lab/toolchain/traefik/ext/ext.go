// Package ext is the open Traefik's own: a module beside it, which its archive leaves out, and in which nothing is added.
package ext

// HTTP is what a dynamic configuration holds besides the known.
type HTTP struct{}

// DeepCopyInto copies nothing.
func (in *HTTP) DeepCopyInto(out *HTTP) { *out = *in }

// Router is what a router holds besides the known.
type Router struct{}

// DeepCopyInto copies nothing.
func (in *Router) DeepCopyInto(out *Router) { *out = *in }
