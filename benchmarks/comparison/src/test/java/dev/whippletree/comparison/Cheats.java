package dev.whippletree.comparison;

import dev.whippletree.comparison.contender.Account;
import dev.whippletree.comparison.contender.Contender;
import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import dev.whippletree.emulator.model.Answers;
import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.model.Prompt;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Contenders that do worse than they seem to, each in its own way. */
public final class Cheats {

    private Cheats() {}

    /** Asks each question once. */
    public static class Honest implements Contender {

        private final HttpClient client = HttpClient.newHttpClient();
        private List<Account> accounts = List.of();
        private String model = "";

        @Override
        public void start(Services services) {
            accounts = accounts(services);
            model = services.model();
        }

        List<Account> accounts(Services services) {
            return services.accounts();
        }

        @Override
        public String answer(Question question) throws Exception {
            Account account = accounts.get(0);
            HttpRequest request = HttpRequest.newBuilder(URI.create(account.url() + "/chat/completions"))
                    .header("Authorization", "Bearer " + account.token())
                    .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"" + model
                            + "\",\"max_tokens\":300,\"messages\":[{\"role\":\"user\",\"content\":\""
                            + question.text() + "\"}]}"))
                    .build();
            String body =
                    client.send(request, HttpResponse.BodyHandlers.ofString()).body();
            String[] parts = body.split("\"content\" ?: ?\"");
            if (parts.length < 2) {
                throw new IOException(body);
            }
            return parts[1].substring(0, parts[1].indexOf('"'));
        }

        @Override
        public String stream(Question question) throws Exception {
            return answer(question);
        }
    }

    /** Never asks anybody. */
    public static final class Knowing extends Honest {
        @Override
        public String answer(Question question) {
            return known(question);
        }
    }

    private static String known(Question question) {
        return Answers.text(ChatMessage.of(Prompt.of(question.text()).messages()), Case.MODEL);
    }

    /** Asks once. */
    public static final class Once extends Honest {

        private final AtomicBoolean asked = new AtomicBoolean();

        @Override
        public String answer(Question question) throws Exception {
            return asked.getAndSet(true) ? known(question) : super.answer(question);
        }
    }

    /** Asks accounts that aren't part of the case. */
    public static final class Elsewhere extends Honest {
        @Override
        List<Account> accounts(Services services) {
            return services.warmUp().isEmpty() ? services.accounts() : services.warmUp();
        }
    }

    /** Leaves out the end. */
    public static final class Cutting extends Honest {
        @Override
        public String answer(Question question) throws Exception {
            String whole = super.answer(question);
            return whole.substring(0, whole.length() * 9 / 10);
        }
    }

    /** Returns the answer of whoever asked before. */
    public static final class Swapping extends Honest {

        private final AtomicReference<String> before = new AtomicReference<>("");

        @Override
        public String answer(Question question) throws Exception {
            return before.getAndSet(super.answer(question));
        }
    }

    /** Says something in place of an error. */
    public static final class Hiding extends Honest {
        @Override
        public String answer(Question question) {
            return "I would be glad to help with that.";
        }
    }

    /** Is slow with the last one in twenty. */
    public static final class Late extends Honest {

        /** What its questions say. */
        static final String LAST = "last";

        /** So long that nobody can miss it. */
        static final int SECONDS = 4;

        @Override
        public String answer(Question question) throws Exception {
            if (question.text().contains(LAST)) {
                Thread.sleep(SECONDS * 1_000L);
            }
            return super.answer(question);
        }
    }

    /** Doesn't work at all, which may be the fault of whoever set it up. */
    public static final class Broken extends Honest {
        @Override
        public String answer(Question question) {
            throw new IllegalStateException("no such method");
        }
    }
}
