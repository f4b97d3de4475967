package dev.whippletree.tests.failures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.AccountStats;
import dev.whippletree.emulator.model.Answers;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.time.SystemTimeline;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An emulated service on a loopback socket, and a Whippletree over its accounts. Confined to the test's thread; asking
 * blocks.
 *
 * <p>No answer is given to the test that doesn't belong to its prompt.
 */
final class Stage implements AutoCloseable {

    /** Only keeps a test that would never end from never ending. */
    private static final long PATIENCE_SECONDS = 60;

    private final SystemTimeline timeline = new SystemTimeline();
    private final EmulatorServer server;
    private final Whippletree whippletree;

    Stage(StageSettings settings) {
        server = EmulatorServer.start(
                List.of(new EmulatedService(settings.service(), timeline.nanoTime())), 0, timeline);
        whippletree = settings.whippletree(server.baseUrl(settings.kind()), timeline);
    }

    /** Asks, and returns the answer. */
    Completion answer(String text) {
        return answer(Prompt.of(text));
    }

    /** Asks, and returns the answer. */
    Completion answer(Prompt prompt) {
        try {
            Completion completion = whippletree.complete(prompt).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(Answers.matches(prompt.messages(), completion.text()))
                    .as("the answer belongs to the prompt")
                    .isTrue();
            return completion;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer: " + whippletree.status(), e);
        }
    }

    /** Asks, and returns the error there is instead of an answer. */
    PromptException refusal(String text) {
        try {
            Completion completion = whippletree.complete(Prompt.of(text)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("an answer instead of an error: " + completion);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PromptException refusal) {
                return refusal;
            }
            throw new AssertionError("not an error of a prompt", e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("neither answer nor error: " + whippletree.status(), e);
        }
    }

    /** Returns how everything stands. */
    StatusSnapshot status() {
        return whippletree.status();
    }

    /** Returns how an account stands. */
    StatusSnapshot.AccountStatus account(String id) {
        return status().accounts().stream()
                .filter(account -> account.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Returns what the emulator counted of all accounts. */
    ServiceStats counted() {
        return server.stats().get(0);
    }

    /** Returns what the emulator counted of an account. */
    AccountStats counted(String id) {
        return counted().accounts().stream()
                .filter(account -> account.account().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        whippletree.close();
        server.close();
        timeline.close();
    }
}
