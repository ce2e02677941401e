package main

import (
	"context"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Mounts volumes where the kubelet wants them.
type node struct {
	csi.UnimplementedNodeServer
	id string
}

func (n node) NodeGetInfo(context.Context, *csi.NodeGetInfoRequest) (*csi.NodeGetInfoResponse, error) {
	return &csi.NodeGetInfoResponse{NodeId: n.id}, nil
}

func (n node) NodeGetCapabilities(context.Context, *csi.NodeGetCapabilitiesRequest) (*csi.NodeGetCapabilitiesResponse, error) {
	return &csi.NodeGetCapabilitiesResponse{}, nil
}

func (n node) NodePublishVolume(ctx context.Context, asked *csi.NodePublishVolumeRequest) (*csi.NodePublishVolumeResponse, error) {
	// A volume that a person wrote has any id; where it is stands beside that.
	where := asked.GetVolumeContext()
	wanted := volume{server: where["server"], share: where["share"], folder: where["subDir"]}
	if wanted.server == "" || wanted.share == "" {
		return nil, status.Error(codes.InvalidArgument, "the volume's attributes lack server or share")
	}
	options := append([]string{}, asked.GetVolumeCapability().GetMount().GetMountFlags()...)
	if asked.GetReadonly() {
		options = append(options, "ro")
	}
	if err := mountNFS(ctx, wanted.source(wanted.folder), asked.GetTargetPath(), options); err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	return &csi.NodePublishVolumeResponse{}, nil
}

func (n node) NodeUnpublishVolume(ctx context.Context, asked *csi.NodeUnpublishVolumeRequest) (*csi.NodeUnpublishVolumeResponse, error) {
	if err := unmount(ctx, asked.GetTargetPath()); err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	return &csi.NodeUnpublishVolumeResponse{}, nil
}
