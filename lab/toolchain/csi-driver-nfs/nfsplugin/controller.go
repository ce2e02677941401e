package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Makes volumes, and ends them: mounts the export where this process works, and makes, renames or removes a folder in it.
type controller struct {
	csi.UnimplementedControllerServer
	workingFolder   string
	defaultOnDelete string
	permissions     uint32
}

func (c controller) ControllerGetCapabilities(context.Context, *csi.ControllerGetCapabilitiesRequest) (*csi.ControllerGetCapabilitiesResponse, error) {
	answer := &csi.ControllerGetCapabilitiesResponse{}
	for _, capability := range []csi.ControllerServiceCapability_RPC_Type{
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_VOLUME,
		csi.ControllerServiceCapability_RPC_EXPAND_VOLUME,
	} {
		answer.Capabilities = append(answer.Capabilities, &csi.ControllerServiceCapability{
			Type: &csi.ControllerServiceCapability_Rpc{Rpc: &csi.ControllerServiceCapability_RPC{Type: capability}},
		})
	}
	return answer, nil
}

func (c controller) CreateVolume(ctx context.Context, asked *csi.CreateVolumeRequest) (*csi.CreateVolumeResponse, error) {
	if asked.GetVolumeContentSource() != nil {
		return nil, status.Error(codes.InvalidArgument, "a volume can't be made of another one here")
	}
	made, err := parseRequest(asked.GetName(), asked.GetParameters(), c.defaultOnDelete, c.permissions)
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	var options []string
	for _, capability := range asked.GetVolumeCapabilities() {
		if capability.GetBlock() != nil {
			return nil, status.Error(codes.InvalidArgument, "NFS has folders, no block devices")
		}
		options = capability.GetMount().GetMountFlags()
	}
	err = c.inExport(ctx, made.volume, options, func(root string) error {
		folder := filepath.Join(root, made.volume.folder)
		if err := os.MkdirAll(folder, 0o777); err != nil {
			return err
		}
		if made.permissions == 0 {
			return nil
		}
		return os.Chmod(folder, os.FileMode(made.permissions))
	})
	if err != nil {
		return nil, err
	}
	return &csi.CreateVolumeResponse{Volume: &csi.Volume{
		VolumeId:      made.volume.id(),
		CapacityBytes: asked.GetCapacityRange().GetRequiredBytes(),
		VolumeContext: map[string]string{
			"server": made.volume.server,
			"share":  made.volume.share,
			"subDir": made.volume.folder,
		},
	}}, nil
}

func (c controller) DeleteVolume(ctx context.Context, asked *csi.DeleteVolumeRequest) (*csi.DeleteVolumeResponse, error) {
	ended, err := parseID(asked.GetVolumeId())
	if err != nil {
		// Nobody's volume is gone already.
		return &csi.DeleteVolumeResponse{}, nil
	}
	if err := ended.check(); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	if ended.onDelete == onDeleteRetain {
		return &csi.DeleteVolumeResponse{}, nil
	}
	err = c.inExport(ctx, ended, nil, func(root string) error {
		folder := filepath.Join(root, ended.folder)
		if ended.onDelete == onDeleteRemove {
			return os.RemoveAll(folder)
		}
		archived := filepath.Join(filepath.Dir(folder), "archived-"+filepath.Base(folder))
		if err := os.Rename(folder, archived); err != nil && !os.IsNotExist(err) {
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &csi.DeleteVolumeResponse{}, nil
}

func (c controller) ValidateVolumeCapabilities(_ context.Context, asked *csi.ValidateVolumeCapabilitiesRequest) (*csi.ValidateVolumeCapabilitiesResponse, error) {
	return &csi.ValidateVolumeCapabilitiesResponse{
		Confirmed: &csi.ValidateVolumeCapabilitiesResponse_Confirmed{VolumeCapabilities: asked.GetVolumeCapabilities()},
	}, nil
}

// A folder has as much room as its export: a larger claim needs nothing done.
func (c controller) ControllerExpandVolume(_ context.Context, asked *csi.ControllerExpandVolumeRequest) (*csi.ControllerExpandVolumeResponse, error) {
	return &csi.ControllerExpandVolumeResponse{CapacityBytes: asked.GetCapacityRange().GetRequiredBytes()}, nil
}

// Does work in the whole export, mounted for as long as that takes.
func (c controller) inExport(ctx context.Context, of volume, options []string, work func(root string) error) (err error) {
	root, err := os.MkdirTemp(c.workingFolder, "export-")
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	if err := mountNFS(ctx, of.source(""), root, options); err != nil {
		_ = os.Remove(root)
		return status.Error(codes.Internal, err.Error())
	}
	defer func() {
		if failure := unmount(context.WithoutCancel(ctx), root); failure != nil && err == nil {
			err = status.Error(codes.Internal, failure.Error())
		}
	}()
	if err := work(root); err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	return nil
}
