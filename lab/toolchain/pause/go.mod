module grappe.test/toolchain/pause

go 1.26.0
