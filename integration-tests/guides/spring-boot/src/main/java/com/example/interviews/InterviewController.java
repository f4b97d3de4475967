package com.example.interviews;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

@RestController
public class InterviewController {

    private final ChatClient chat;

    InterviewController(ChatClient.Builder builder) {
        this.chat = builder.defaultSystem("You are being interviewed.").build();
    }

    @GetMapping("/ask")
    String ask(@RequestParam String question) {
        return chat.prompt(question).call().content();
    }

    @GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<String> stream(@RequestParam String question) {
        return chat.prompt(question).stream().content();
    }
}
