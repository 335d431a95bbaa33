package contentline

import "io"

// firstRead is the size of the buffer of a stream before it has to grow.
const firstRead = 256 << 10

// mostRead is the size to which it grows.
const mostRead = MaxObject + firstRead

// A stream is a window over a reader. Bytes before begin are no longer needed.
type stream struct {
	window
	r       io.Reader
	begin   int
	started bool
	idle    int
}

// fill reads more. It returns io.EOF once there is no more to read and the
// window knows it.
func (s *stream) fill() error {
	if s.eof {
		return io.EOF
	}
	if len(s.buf) == cap(s.buf) {
		s.room()
	}
	n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	if n > 0 {
		s.idle = 0
	} else if s.idle++; s.idle > 100 && err == nil {
		return io.ErrNoProgress
	}
	if err == io.EOF {
		s.eof = true
		err = nil
	}
	if !s.started && (len(s.buf) >= 4 || s.eof) {
		s.window, s.started = newWindow(s.buf, s.eof), true
	}
	return err
}

// room makes room in a full buffer: by moving what is needed to its front, and
// into a larger one if that is more than half of it.
func (s *stream) room() {
	to := s.buf[:0]
	if keep := len(s.buf) - s.begin; keep >= cap(s.buf)/2 && cap(s.buf) < mostRead {
		to = make([]byte, 0, min(max(firstRead, 2*cap(s.buf)), mostRead))
	}
	n := copy(to[:cap(to)], s.buf[s.begin:])
	s.drop(s.begin)
	s.begin = 0
	s.buf = to[:n]
}

// line finds the next delivered line, reading as needed. A line that makes the
// bytes from begin on more than MaxObject is cut: whole is false then, and text
// and end are where. The error is io.EOF after the last line.
func (s *stream) line() (text, end int, whole bool, err error) {
	for {
		if s.started {
			if text, end, ok := s.next(); ok {
				return text, end, true, nil
			}
			if s.eof {
				return 0, 0, false, io.EOF
			}
			if n := len(s.buf) - (len(s.buf)-s.begin)%s.enc.width(); n-s.begin > MaxObject {
				return n, n, false, nil
			}
		}
		if err := s.fill(); err != nil {
			return 0, 0, false, err
		}
	}
}
