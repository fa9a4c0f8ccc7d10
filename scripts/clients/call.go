package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
)

func main() {
	body := strings.NewReader(`{"contacts": [{"email": "ada.quill@quill-works.example"}]}`)
	request, _ := http.NewRequest("POST", "https://api.lusha.com/v3/contacts/search-and-enrich", body)
	request.Header.Set("api_key", os.Getenv("LUSHA_API_KEY"))
	request.Header.Set("content-type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(answer.StatusCode)
}
