// Package contacts is the integration under test: it reveals a contact, and waits once where a limit or a fault
// of the server asks for it.
package contacts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

var reset = regexp.MustCompile(`Reset in (\d+) seconds`)

// ErrOutOfCredits says that the account has none left.
var ErrOutOfCredits = errors.New("no credits are left")

// Client calls Lusha; Wait is time.Sleep outside tests.
type Client struct {
	URL, Key string
	Wait     func(time.Duration)
}

// Contact is who was found.
type Contact struct {
	FullName string `json:"fullName"`
	Error    *struct {
		Code string `json:"code"`
	} `json:"error"`
}

// Reveal returns nil where nobody was found.
func (c Client) Reveal(email string) (*Contact, error) {
	body, err := json.Marshal(map[string]any{"contacts": []any{map[string]string{"email": email}}})
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		request, err := http.NewRequest("POST", c.URL+"/v3/contacts/search-and-enrich", bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		request.Header.Set("api_key", c.Key)
		request.Header.Set("content-type", "application/json")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, err
		}
		var found struct {
			Results []Contact
			Message string
		}
		err = json.NewDecoder(answer.Body).Decode(&found)
		answer.Body.Close()
		switch {
		case answer.StatusCode == http.StatusPaymentRequired:
			return nil, ErrOutOfCredits
		case try == 1 && (answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500):
			// Lusha has no Retry-After; the message of a limit says when it opens again.
			seconds := 1
			if said := reset.FindStringSubmatch(found.Message); said != nil {
				seconds, _ = strconv.Atoi(said[1])
			}
			c.Wait(time.Duration(seconds) * time.Second)
		case answer.StatusCode != http.StatusOK:
			return nil, fmt.Errorf("Lusha answered with %s", answer.Status)
		case err != nil || len(found.Results) != 1:
			return nil, fmt.Errorf("Lusha answered with %d results (%v)", len(found.Results), err)
		case found.Results[0].Error != nil:
			return nil, nil
		default:
			return &found.Results[0], nil
		}
	}
}
