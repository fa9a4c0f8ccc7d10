package contacts

import (
	"errors"
	"testing"
	"time"
)

const ada = "ada.quill@quill-works.example"

func mustReveal(t *testing.T, client Client) {
	t.Helper()
	contact, err := client.Reveal(ada)
	if err != nil || contact == nil || contact.FullName != "Ada Quill" {
		t.Fatalf("%v, %v", contact, err)
	}
}

func TestContactIsRevealedAndBilledOnce(t *testing.T) {
	account := newAccount(t)
	client := Client{URL: lushaURL, Key: account.key}

	mustReveal(t, client)
	spent := account.spent()
	mustReveal(t, client)

	if again := account.spent() - spent; spent < 2 || again != 1 { // the search alone
		t.Fatalf("%d credits, then %d", spent, again)
	}
}

func TestNobodyIsFound(t *testing.T) {
	account := newAccount(t)

	contact, err := Client{URL: lushaURL, Key: account.key}.Reveal("nobody@acme.com")

	if contact != nil || err != nil {
		t.Fatalf("%v, %v", contact, err)
	}
}

func TestCreditsAreUsedUp(t *testing.T) {
	account := newAccount(t)
	account.steer("PATCH", "accounts?account="+account.key, map[string]int{"credits": 0}, nil)

	_, err := Client{URL: lushaURL, Key: account.key}.Reveal(ada)

	if !errors.Is(err, ErrOutOfCredits) {
		t.Fatal(err)
	}
}

func TestLimitIsWaitedFor(t *testing.T) {
	account := newAccount(t)
	account.fail("hourly-limit")
	var waited time.Duration

	mustReveal(t, Client{URL: lushaURL, Key: account.key, Wait: func(d time.Duration) { waited += d }})

	if waited != time.Hour {
		t.Fatal(waited)
	}
}

func TestFaultOfTheServerIsTriedAgain(t *testing.T) {
	account := newAccount(t)
	account.fail(map[string]int{"status": 503})
	var waited time.Duration

	mustReveal(t, Client{URL: lushaURL, Key: account.key, Wait: func(d time.Duration) { waited += d }})

	if waited == 0 {
		t.Fatal("the fault did not come")
	}
}
