package com.example.plain;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Plain Java: one Whippletree for the whole program, accounts from the environment, questions asked all at once. */
public final class Interview {

    private static final List<String> QUESTIONS =
            List.of("Tell me about yourself", "What are you proud of?", "Where will you be in five years?");

    private Interview() {}

    /** Prints the answers of the accounts whose tokens are in the environment. */
    public static void main(String[] arguments) {
        answers(System.getenv()).forEach(System.out::println);
    }

    /** Returns an answer to each question, in order. */
    public static List<String> answers(Map<String, String> environment) {
        try (Whippletree whippletree =
                Whippletree.builder().environment(environment).cache("ehcache").build()) {
            List<CompletableFuture<Completion>> answers = QUESTIONS.stream()
                    .map(question -> Prompt.builder()
                            .user(question)
                            .session("interview-7")
                            .build())
                    .map(whippletree::complete)
                    .toList();
            return answers.stream()
                    .map(CompletableFuture::join)
                    .map(Completion::text)
                    .toList();
        }
    }
}
