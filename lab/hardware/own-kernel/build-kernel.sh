#!/usr/bin/env bash
# Builds the kernel of the lab's own machines: $1 is Debian's archive of the sources, $2 the folder that gets `linux` and its
# modules. What is needed on the way lies in the current folder.
set -euo pipefail
archive=$1 result=$2
here=$(dirname "$(readlink --canonicalize "$0")")
fragment=$here/kernel.config

mkdir source
# Without the largest of what no machine of the lab has, and nothing that is built refers to.
tar --extract --xz --file "$archive" --directory source --strip-components 1 --exclude '*/drivers/gpu/drm/amd/*.[ch]' \
  --exclude '*/Documentation/*.rst' --exclude '*/tools/testing/selftests'
cd source

# The kubelet asks for the processor's clock speed, which User Mode Linux doesn't tell.
architecture=arch/um/kernel/um_arch.c
sed --in-place '/seq_printf(m, "model name/a seq_printf(m, "cpu MHz\\t\\t: 2000.000\\n");' "$architecture"
grep --quiet 'cpu MHz' "$architecture"
cat "$here/machine-model.c" >> "$architecture"
# With a tap the driver has no queues of its own, and takes their locks all the same; without SMP that is nothing, with it a crash.
# A machine has one processor, so they guard nothing here.
driver=arch/um/drivers/vector_kern.c
sed --in-place '/^\tspin_\(un\)\?lock(&vp->[rt]x_queue->head_lock);$/d' "$driver"
if grep --quiet 'vp->[rt]x_queue->head_lock' "$driver"; then
  echo "$driver has other locks by now" >&2
  exit 1
fi

export ARCH=um
make --silent defconfig
scripts/kconfig/merge_config.sh -m .config "$fragment" > ../merged
make --silent olddefconfig
# An option that has another name by now, or whose needs aren't met, is left out in silence.
missing=$(grep '^CONFIG_' "$fragment" | grep --invert-match --line-regexp --fixed-strings --file .config || true)
if [[ -n $missing ]]; then
  printf 'the sources do not take these options:\n%s\n' "$missing" >&2
  exit 1
fi

make --jobs "$(nproc)" linux modules
mkdir "$result"
install -m 0755 linux "$result/linux"
make --silent modules_install INSTALL_MOD_PATH="$result" INSTALL_MOD_STRIP=1
rm -f "$result"/lib/modules/*/build
