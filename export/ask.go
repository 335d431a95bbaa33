package export

import "context"

// Ask is how the engine and the sources ask a person. A nil field means that
// nobody is there to answer: the answer is then no.
type Ask struct {
	// Allow asks for a yes or a no.
	Allow func(ctx context.Context, q Question) (bool, error)
}

// A Question is something that only the owner may decide.
type Question struct {
	// Cause is ErrCertificate (Detail is the certificate's SHA-256 fingerprint
	// in hex), ErrInsecure or ErrElsewhere.
	Cause  error
	Host   string // host or host:port that it is about
	Detail string
	Doubt  Doubt // of a certificate
}

// Yes asks q. It returns the question's cause together with [ErrNobody] if
// nobody is there, and the cause alone if the answer is no.
func (a Ask) Yes(ctx context.Context, q Question) error {
	if a.Allow == nil {
		return &RefusedError{Question: q, Nobody: true}
	}
	yes, err := a.Allow(ctx, q)
	if err != nil {
		return err
	}
	if !yes {
		return &RefusedError{Question: q}
	}
	return nil
}

// A RefusedError tells which question was not answered by a yes. It matches
// the question's cause, and [ErrNobody] if nobody was there.
type RefusedError struct {
	Question
	Nobody bool
}

func (e *RefusedError) Error() string {
	s := e.Host + ": " + e.Cause.Error()
	if e.Detail != "" {
		s += " (" + e.Detail + ")"
	}
	if e.Nobody {
		s += ", and " + ErrNobody.Error()
	}
	return s
}

// Is reports whether target is the question's cause or that nobody was there.
func (e *RefusedError) Is(target error) bool {
	return target == e.Cause || e.Nobody && target == ErrNobody
}
