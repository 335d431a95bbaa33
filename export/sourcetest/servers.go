package sourcetest

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A Server is a real server that a test has started on a free port of this
// machine. It ends with the test.
type Server struct {
	URL            string // with a slash at its end
	User, Password string
	Dir            string // where it keeps its data
}

// freeAddress is a host:port on which nothing listens yet.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Need returns the path of a program, or skips the test; in CI it fails.
func Need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("install %s (make deps)", program)
	}
	t.Skipf("install %s (make deps)", program)
	return ""
}

// serverDir is a folder that a server without our rights can write to.
func serverDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sidekeep-server-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start runs cmd until the test ends and waits until address answers.
func start(t testing.TB, cmd *exec.Cmd, address string) {
	t.Helper()
	log, err := os.CreateTemp(t.TempDir(), "log")
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", cmd.Path, err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-ended
		log.Close()
	})
	client := http.Client{Timeout: time.Second}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		select {
		case <-ended:
			said, _ := os.ReadFile(log.Name())
			t.Fatalf("%s ended at once: %s", cmd.Path, said)
		default:
		}
		if resp, err := client.Get("http://" + address + "/"); err == nil {
			resp.Body.Close()
			return
		}
	}
	said, _ := os.ReadFile(log.Name())
	t.Fatalf("%s does not answer: %s", cmd.Path, said)
}

// Radicale starts a Radicale with the user alice. What is put into
// Dir/collection-root/alice/<collection>/ beforehand or later is served; see
// [RadicaleCollection].
func Radicale(t testing.TB) Server {
	t.Helper()
	program := Need(t, "radicale")
	address, dir := freeAddress(t), serverDir(t)
	s := Server{URL: "http://" + address + "/", User: "alice", Password: "secret", Dir: dir}
	config := fmt.Sprintf("[server]\nhosts = %s\nmax_connections = 30\n[auth]\ntype = htpasswd\nhtpasswd_filename = %s\nhtpasswd_encryption = plain\ndelay = 0\n"+
		"[storage]\nfilesystem_folder = %s\n[logging]\nlevel = warning\n", address, filepath.Join(dir, "users"), dir)
	write(t, filepath.Join(dir, "users"), s.User+":"+s.Password+"\n")
	write(t, filepath.Join(dir, "config"), config)
	cmd := exec.Command(program, "--config", filepath.Join(dir, "config"))
	cmd.Dir = dir
	nobody(cmd)
	start(t, cmd, address)
	return s
}

// Xandikos starts a Xandikos for the user alice. It has no sign-in of its own.
func Xandikos(t testing.TB) Server {
	t.Helper()
	program := Need(t, "xandikos")
	address, dir := freeAddress(t), serverDir(t)
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-d", dir, "-l", host, "-p", port, "--current-user-principal", "/alice/", "--autocreate", "--defaults")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir)
	nobody(cmd)
	start(t, cmd, address)
	return Server{URL: "http://" + address + "/", User: "alice", Dir: dir}
}

// RcloneWebDAV serves dir, read-only, by `rclone serve webdav`.
func RcloneWebDAV(t testing.TB, dir string) Server {
	t.Helper()
	return rclone(t, dir, "--read-only")
}

// RcloneWebDAVWritable serves dir by `rclone serve webdav`.
func RcloneWebDAVWritable(t testing.TB, dir string) Server {
	t.Helper()
	return rclone(t, dir)
}

func rclone(t testing.TB, dir string, more ...string) Server {
	t.Helper()
	program := Need(t, "rclone")
	address := freeAddress(t)
	s := Server{URL: "http://" + address + "/", User: "alice", Password: "secret", Dir: dir}
	cmd := exec.Command(program, append([]string{"serve", "webdav", dir, "--addr", address, "--user", s.User, "--pass", s.Password,
		"--dir-cache-time", "0s", "--config", "/dev/null"}, more...)...)
	start(t, cmd, address)
	return s
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
