package dev.whippletree.emulator.simulation;

import dev.whippletree.model.AttemptReport;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ServiceCall;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes a run down, a line for each event: what callers ask and get, what services are asked and how that ends, and
 * what listeners are told; after each instant with an event, what has changed in the engine's status. Engines that
 * behave alike have the same transcript, whatever timers and classes they have inside. Confined to one run.
 */
final class Transcript implements RunObserver, EngineListener {

    private final LongSupplier nowNanos;
    private final Consumer<String> lines;
    private final Map<String, Object> written = new HashMap<>();
    private boolean statusDue = true;

    /**
     * Creates one.
     *
     * @param nowNanos the run's time
     * @param lines is given one line after the other
     */
    Transcript(LongSupplier nowNanos, Consumer<String> lines) {
        this.nowNanos = nowNanos;
        this.lines = lines;
    }

    private void write(String line) {
        lines.accept(nowNanos.getAsLong() + " " + line);
        statusDue = true;
    }

    @Override
    public void asking(Asked asked) {
        write("#" + asked.ask.id() + (asked.opener ? " is asked" : " is asked too"));
    }

    @Override
    public void told(Asked asked, Delta delta) {
        write("#" + asked.ask.id() + " is told " + shown(delta));
    }

    private static String shown(Delta delta) {
        return delta instanceof Delta.End end
                ? "End[finishReason=" + end.finishReason() + ", usage=" + end.usage() + ", origin=" + end.origin() + "]"
                : String.valueOf(delta);
    }

    @Override
    public void answered(Asked asked, Completion completion) {
        write("#" + asked.ask.id() + " is answered: " + completion.text() + " | " + completion.reasoning() + " | "
                + completion.toolCalls() + " | " + completion.finishReason() + " | " + completion.usage() + " | "
                + completion.origin());
    }

    @Override
    public void refused(Asked asked, PromptException failure) {
        write("#" + asked.ask.id() + " is refused: " + failure.reason() + " | " + failure.getMessage() + " | "
                + failure.kind() + " | " + failure.roomAt() + " | "
                + failure.attempts().stream().map(Transcript::text).toList());
    }

    @Override
    public void gone(Asked asked, @Nullable Throwable cause) {
        write("#" + asked.ask.id() + " is gone: " + cause);
    }

    @Override
    public void sending(Call call) {
        write("the " + call + " is made: " + call.admission);
    }

    @Override
    public void answered(Call call, AnswerEnd end) {
        write("the " + call + " is answered: " + end);
    }

    @Override
    public void failed(Call call, Failure failure) {
        write("the " + call + " fails: " + text(failure));
    }

    @Override
    public void cancelled(Call call) {
        write("the " + call + " is broken off");
    }

    @Override
    public void reloading(Reload reload) {
        write("the engine is reloaded");
    }

    @Override
    public void closing(Scenario.Closing closing) {
        write("the engine is closed");
    }

    @Override
    public Consumer<ServiceCall> opened(Prompt prompt) {
        write("listeners: a flight is opened for session " + prompt.session() + " of '" + prompt.tenant() + "'");
        return EngineListener.super.opened(prompt);
    }

    @Override
    public void called(ServiceCall call) {
        write("listeners: " + call.account() + " called | " + call.provider() + " | " + call.model() + " | "
                + call.streaming() + " | " + call.startedAt() + " | " + call.took() + " | " + call.firstPiece() + " | "
                + (call.end() instanceof ServiceCall.Failed failed ? text(failed.failure()) : call.end()));
    }

    @Override
    public void answered(Origin origin, Duration took) {
        write("listeners: answered after " + took + " | " + origin);
    }

    @Override
    public void failed(PromptException.Reason reason, Duration took) {
        write("listeners: failed after " + took + " | " + reason);
    }

    @Override
    public void cancelled(Duration took) {
        write("listeners: cancelled after " + took);
    }

    @Override
    public void closed(String account, String reason) {
        write("listeners: " + account + " closed: " + reason);
    }

    @Override
    public void reopened(String account) {
        write("listeners: " + account + " reopened");
    }

    @Override
    public void ended() {
        write("listeners: the engine has ended");
    }

    /** An instant at which only the engine's own timers ran isn't an event. */
    @Override
    public void step(StatusSnapshot status) {
        if (statusDue) {
            writeStatus(status);
        }
    }

    @Override
    public void end(StatusSnapshot status) {
        writeStatus(status);
    }

    /** Of the status, what has changed. */
    private void writeStatus(StatusSnapshot status) {
        write("status: " + status.prompts() + " | " + status.sessionsActive() + " | " + status.waiting() + " | "
                + status.inFlight() + " | " + status.calls() + " | " + status.promptsPerMinute() + " | "
                + status.latency() + " | " + status.tokens() + " | " + status.pickerFaults());
        writeChanged("caches", status.caches());
        writeChanged("notes", status.notes());
        writeChanged(
                "tenants",
                status.tenants().stream().map(StatusSnapshot.Tenant::name).toList());
        status.tenants().forEach(tenant -> writeChanged("tenant " + tenant.name(), tenant));
        writeChanged(
                "accounts",
                status.accounts().stream().map(StatusSnapshot.AccountStatus::id).toList());
        status.accounts().forEach(this::writeChanged);
        statusDue = false;
    }

    private void writeChanged(String what, Object value) {
        if (!value.equals(written.put(what, value))) {
            write("status: " + what + " | " + value);
        }
    }

    /** Sorts the maps: the order of a copied one differs from one JVM to the next. */
    private void writeChanged(StatusSnapshot.AccountStatus account) {
        if (!account.equals(written.put(account.id(), account))) {
            write("status: " + account.id() + " | " + account.organization() + " | " + account.state() + " | "
                    + account.reason() + " | " + account.until() + " | " + account.inFlight() + " of "
                    + account.maxConcurrency() + " | " + account.calls() + " | " + account.answered() + " | "
                    + account.rateLimited() + " | " + new TreeMap<>(account.failures()) + " | " + account.latency()
                    + " | " + account.tokens() + " | " + new TreeMap<>(account.tokensByModel()) + " | "
                    + account.limits() + " | " + account.staleConnections());
        }
    }

    private static String text(AttemptReport attempt) {
        return attempt.account() + " | " + attempt.model() + " | " + attempt.took() + " | " + text(attempt.failure());
    }

    private static String text(Failure failure) {
        return failure.kind() + " | " + failure.message() + " | " + failure.status() + " | " + failure.code() + " | "
                + failure.retryAfter() + " | " + failure.reach();
    }
}
