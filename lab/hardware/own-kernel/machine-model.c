
/* Added for grappe's lab: what a Pi's firmware tells of the machine, in the file in which it stands there. */
#include <linux/proc_fs.h>

static int machine_model_show(struct seq_file *m, void *v)
{
	seq_puts(m, "Raspberry Pi, as grappe's lab plays it");
	return 0;
}

static int __init machine_model_init(void)
{
	struct proc_dir_entry *folder = proc_mkdir("device-tree", NULL);

	if (!folder || !proc_create_single("model", 0444, folder, machine_model_show))
		return -ENOMEM;
	return 0;
}
late_initcall(machine_model_init);
