package settings

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sidekeep/export"

	"github.com/zalando/go-keyring"
)

// ErrNoSecret says that the keychain answers and has no such password.
var ErrNoSecret = errors.New("the keychain has no password for this account")

// Secrets holds passwords by the name that [Account.Secret] gives them. Its
// methods may be called from several goroutines. A system whose keychain does
// not answer is [export.ErrNoKeychain].
type Secrets interface {
	// Get returns a password; [ErrNoSecret] if there is none.
	Get(ctx context.Context, key string) (string, error)
	Set(ctx context.Context, key, secret string) error
	// Delete forgets a password; it is no error if there is none.
	Delete(ctx context.Context, key string) error
}

// service is what the keychain shows as the owner of the passwords.
const service = "Sidekeep"

// keychainWait bounds how long the keychain may take, the person who unlocks
// it included.
const keychainWait = 2 * time.Minute

// Keychain is the system's: the Keychain of macOS, the Credential Manager of
// Windows, the Secret Service elsewhere.
func Keychain() Secrets { return keychain{} }

type keychain struct{}

func (keychain) Get(ctx context.Context, key string) (secret string, err error) {
	return answer(ctx, func() (string, error) { return keyring.Get(service, key) })
}

func (keychain) Set(ctx context.Context, key, secret string) error {
	_, err := answer(ctx, func() (string, error) { return "", keyring.Set(service, key, secret) })
	return err
}

func (keychain) Delete(ctx context.Context, key string) error {
	_, err := answer(ctx, func() (string, error) { return "", keyring.Delete(service, key) })
	if errors.Is(err, ErrNoSecret) {
		return nil
	}
	return err
}

// answer calls ask, which cannot be cancelled, and waits for it no longer than
// ctx and keychainWait allow.
func answer(ctx context.Context, ask func() (string, error)) (string, error) {
	type result struct {
		secret string
		err    error
	}
	done := make(chan result, 1)
	go func() {
		secret, err := ask()
		done <- result{secret, err}
	}()
	timeout := time.NewTimer(keychainWait)
	defer timeout.Stop()
	select {
	case r := <-done:
		switch {
		case errors.Is(r.err, keyring.ErrNotFound):
			return "", ErrNoSecret
		case errors.Is(r.err, keyring.ErrSetDataTooBig):
			return "", fmt.Errorf("saving the password: %w", export.ErrTooLarge)
		case r.err != nil:
			return "", fmt.Errorf("%w: %w", export.ErrNoKeychain, r.err)
		}
		return r.secret, nil
	case <-timeout.C:
		return "", fmt.Errorf("%w within %v", export.ErrNoKeychain, keychainWait)
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
