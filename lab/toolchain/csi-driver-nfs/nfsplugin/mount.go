package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// How long an unmount waits for a server that is away, before it goes without it.
const patience = 30 * time.Second

func mountNFS(ctx context.Context, source, target string, options []string) error {
	if mounted, err := isMounted(target); err != nil || mounted {
		return err
	}
	if err := os.MkdirAll(target, 0o750); err != nil {
		return err
	}
	arguments := []string{source, target}
	if len(options) > 0 {
		arguments = append(arguments, "-o", strings.Join(options, ","))
	}
	return runProgram(ctx, "mount.nfs", arguments...)
}

func unmount(ctx context.Context, target string) error {
	mounted, err := isMounted(target)
	if err != nil {
		return err
	}
	if mounted {
		patient, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		if err := runProgram(patient, "umount", target); err != nil {
			if !errors.Is(patient.Err(), context.DeadlineExceeded) {
				return err
			}
			if err := runProgram(ctx, "umount", "-f", "-l", target); err != nil {
				return err
			}
		}
	}
	if err := os.Remove(target); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// The kernel's list is read, as a question about the folder itself would wait for a server that is away.
func isMounted(target string) (bool, error) {
	list, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return false, err
	}
	defer list.Close()
	escaped := strings.ReplaceAll(target, " ", `\040`)
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) > 4 && fields[4] == escaped {
			return true, nil
		}
	}
	return false, lines.Err()
}

func runProgram(ctx context.Context, name string, arguments ...string) error {
	command := exec.CommandContext(ctx, name, arguments...)
	// A process in the kernel's hands for as long as a server is away can't be killed; nobody waits for it.
	command.WaitDelay = time.Second
	said, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(arguments, " "), err, strings.TrimSpace(string(said)))
	}
	return nil
}
