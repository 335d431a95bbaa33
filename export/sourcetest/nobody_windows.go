package sourcetest

import "os/exec"

func nobody(*exec.Cmd) {}
