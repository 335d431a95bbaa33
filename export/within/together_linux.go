package within

import (
	"os"

	"golang.org/x/sys/unix"
)

// togetherOn are the file systems of which syncfs makes durable what fsync would,
// by their magic number (statfs(2)). It answers on others, too: of FUSE it does
// not reach whoever keeps the bytes.
var togetherOn = map[int64]bool{
	unix.EXT4_SUPER_MAGIC:  true, // and ext2, ext3
	unix.XFS_SUPER_MAGIC:   true,
	unix.BTRFS_SUPER_MAGIC: true,
	unix.F2FS_SUPER_MAGIC:  true,
	unix.TMPFS_MAGIC:       true,
}

// together opens dir for [Folder.SyncAll]; nil if that could not promise what it
// does. Before Linux 5.8 syncfs does not tell of writes that failed, and after it
// of those since the folder was opened.
func together(r *os.Root) *os.File {
	var name unix.Utsname
	if unix.Uname(&name) != nil || !since(unix.ByteSliceToString(name.Release[:]), 5, 8) {
		return nil
	}
	dir, err := r.Open(".")
	if err != nil {
		return nil
	}
	var s unix.Statfs_t
	if c, err := dir.SyscallConn(); err == nil {
		if c.Control(func(fd uintptr) { err = unix.Fstatfs(int(fd), &s) }) == nil && err == nil && togetherOn[int64(s.Type)] {
			return dir
		}
	}
	_ = dir.Close() // nothing was written to it
	return nil
}

func syncTogether(dir *os.File) error {
	c, err := dir.SyscallConn()
	if err != nil {
		return err
	}
	outer := c.Control(func(fd uintptr) { err = unix.Syncfs(int(fd)) })
	if outer != nil {
		return outer
	}
	return os.NewSyscallError("syncfs", err)
}
