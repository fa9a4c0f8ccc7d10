package contacts

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

var lushaURL = os.Getenv("MOCK_LUSHA_URL")

// TestMain starts one double for the package, unless MOCK_LUSHA_URL names one that runs already.
func TestMain(m *testing.M) {
	stop := func() {}
	if lushaURL == "" {
		lushaURL, stop = start()
	}
	code := m.Run()
	stop()
	os.Exit(code)
}

func start() (string, func()) {
	// `uvx mock-lusha` needs no installation; MOCK_LUSHA says how it is called here.
	words := strings.Fields(os.Getenv("MOCK_LUSHA"))
	if len(words) == 0 {
		words = []string{"mock-lusha"}
	}
	server := exec.Command(words[0], append(words[1:], "serve", "--port", "0")...)
	output, err := server.StderrPipe()
	if err == nil {
		err = server.Start()
	}
	if err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if found := regexp.MustCompile(` at (http:\S+)`).FindStringSubmatch(lines.Text()); found != nil {
			go func() { // its log, which would stop where nobody reads it
				for lines.Scan() {
				}
			}()
			return found[1], func() { _ = server.Process.Signal(os.Interrupt); _ = server.Wait() }
		}
		fmt.Fprintln(os.Stderr, lines.Text())
	}
	panic("mock-lusha did not start")
}

// account is one of its own for each test, so that tests need no reset and run in parallel.
type account struct {
	t   *testing.T
	key string
}

func newAccount(t *testing.T) account {
	t.Parallel()
	a := account{t, t.Name()}
	a.steer("PUT", "accounts", map[string]any{"key": a.key, "label": t.Name()}, nil)
	t.Cleanup(func() { a.steer("DELETE", "accounts?account="+a.key, nil, nil) })
	return a
}

func (a account) steer(method, path string, body, result any) {
	a.t.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		a.t.Fatal(err)
	}
	if body == nil {
		content = nil
	}
	request, err := http.NewRequest(method, lushaURL+"/_mock/"+path, bytes.NewReader(content))
	if err != nil {
		a.t.Fatal(err)
	}
	if token := os.Getenv("MOCK_LUSHA_CONTROL_TOKEN"); token != "" { // as a double in a container wants it
		request.Header.Set("x-mock-lusha-token", token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer answer.Body.Close()
	var told json.RawMessage
	if err := json.NewDecoder(answer.Body).Decode(&told); err != nil || answer.StatusCode >= 300 {
		a.t.Fatalf("%s /_mock/%s: %s %s", method, path, answer.Status, told)
	}
	if result != nil {
		if err := json.Unmarshal(told, result); err != nil {
			a.t.Fatal(err)
		}
	}
}

// fail makes the first call of the account end with what a scenario can say.
func (a account) fail(respond any) {
	a.t.Helper()
	rule := map[string]any{"when": map[string]int{"nth": 1}, "respond": respond}
	a.steer("PUT", "scenario?account="+a.key, map[string]any{"name": "test", "rules": []any{rule}}, nil)
}

// spent is the bill: the credits that the calls would have cost.
func (a account) spent() int {
	a.t.Helper()
	var told struct{ Credits struct{ Spent int } }
	a.steer("GET", "accounts?account="+a.key, nil, &told)
	return told.Credits.Spent
}
