package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.saving.StateSaver;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.state.StateFolder;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.time.Timeline;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What one engine leaves in a folder, and the next one finds there. */
final class EngineStateTest {

    private static final Duration MOMENT = Duration.ofMillis(10);

    private final VirtualTimeline timeline = new VirtualTimeline(42);

    @TempDir
    private Path folder;

    private EngineFixture life(String... limits) {
        EngineFixture life = new EngineFixture(timeline).state(folder);
        life.account("a", limits);
        return life;
    }

    private static void close(EngineFixture life) {
        life.engine().close(Duration.ZERO);
        life.advance(Duration.ofSeconds(1));
    }

    private static LimitStatus limit(EngineFixture life) {
        return life.status("a").limits().get(0);
    }

    @Test
    void usesOfManyShortLives_addUp_untilOneIsRefusedWithTheTimeAndWithoutACall() {
        for (int life = 0; life < 10; life++) {
            EngineFixture shortLife = life("10 requests / 1d");
            shortLife.ask("question");
            shortLife.advance(Duration.ofMinutes(1));
            close(shortLife);
        }
        EngineFixture last = new EngineFixture(timeline).state(folder);
        ScriptedClient client = last.account("a", "10 requests / 1d");
        var answer = last.ask("too much", Duration.ofMinutes(2));
        last.advance(MOMENT);
        assertThat(failure(answer).reason()).isEqualTo(Reason.NO_ROOM_IN_TIME);
        // The first use was a day ago ten minutes short of it; its bucket ends at most a 240th of a day after it.
        assertThat(failure(answer).roomAt().orElseThrow())
                .isBetween(
                        Instant.parse("2026-01-02T00:00:00Z"),
                        Instant.parse("2026-01-02T00:00:01Z")
                                .plus(Duration.ofDays(1).dividedBy(240)));
        assertThat(client.calls()).isZero();
    }

    /** A timeline on which something happens while the state is being saved, which is when the time is asked again. */
    private static final class InterruptedSave extends ForwardingTimeline {

        private final Runnable interruption;
        private int untilThen = -1;

        InterruptedSave(Timeline timeline, Runnable interruption) {
            super(timeline);
            this.interruption = interruption;
        }

        void next() {
            untilThen = 2;
        }

        @Override
        public Instant now() {
            if (--untilThen == 0) {
                interruption.run();
            }
            return super.now();
        }
    }

    @Test
    void closedWhileItIsBeingSaved_whatHasEndedMeanwhileIsSavedAsWell() {
        EngineFixture first = new EngineFixture(timeline).state(folder);
        List<AttemptSink> underWay = new ArrayList<>();
        InterruptedSave saving = new InterruptedSave(timeline, () -> {
            answer(underWay.get(1));
            var unused = first.engine().close(Duration.ZERO);
            timeline.advance(Duration.ofMillis(1)); // So that all have ended while it is still being saved.
        });
        begin(first.engineTimeline(saving), 2, underWay);
        saving.next();
        answer(underWay.get(0));
        first.advance(Duration.ofSeconds(1));
        assertThat(limit(life("2000 tokens / 1d")).left()).isEqualTo(1980);
    }

    private static void begin(EngineFixture life, int prompts, List<AttemptSink> underWay) {
        life.account("a", "2000 tokens / 1d").counts(Admission.asMade(0, 500)).usually((prompt, model, sink) -> {
            sink.sent();
            underWay.add(sink);
            return () -> {};
        });
        life.askMany(prompts);
        life.advance(Duration.ofSeconds(2));
        assertThat(underWay).hasSize(prompts);
    }

    @Test
    void closing_waitsTenSecondsForAFileSystemThatHasHungForLonger() {
        EngineFixture first = new EngineFixture(timeline).state(folder);
        List<AttemptSink> underWay = new ArrayList<>();
        List<Boolean> closed = new ArrayList<>();
        InterruptedSave saving = new InterruptedSave(timeline, () -> {
            timeline.advance(Duration.ofSeconds(11));
            assertThat(first.status().notes()).singleElement().asString().contains("the file system doesn't answer");
            var end = first.engine().close(Duration.ZERO);
            timeline.advance(Duration.ofSeconds(9));
            closed.add(end.isDone());
            timeline.advance(Duration.ofSeconds(2));
            closed.add(end.isDone());
        });
        begin(first.engineTimeline(saving), 1, underWay);
        saving.next();
        answer(underWay.get(0));
        first.run();
        assertThat(closed).containsExactly(false, true);
    }

    @Test
    void closing_takesTenSecondsInAll_ifAnotherHoldsTheFolderOnceTheFileSystemAnswers() throws IOException {
        EngineFixture first = new EngineFixture(timeline).state(folder);
        List<AttemptSink> underWay = new ArrayList<>();
        List<Duration> took = new ArrayList<>();
        InterruptedSave saving = new InterruptedSave(timeline, () -> {
            long since = timeline.nanoTime();
            var unused = first.engine()
                    .close(Duration.ZERO)
                    .thenRun(() -> took.add(Duration.ofNanos(timeline.nanoTime() - since)));
            timeline.advance(Duration.ofSeconds(9));
        });
        begin(first.engineTimeline(saving), 1, underWay);
        saving.next();
        answer(underWay.get(0));
        try (FileLock held = lock()) {
            assertThat(held.isValid()).isTrue();
            first.run();
        }
        assertThat(took).containsExactly(Duration.ofSeconds(10));
        assertThat(first.status().notes()).singleElement().asString().contains("state.lock");
    }

    @Test
    void saveThatEndsInAnError_isTold_andTheNextOneSavesAll() {
        EngineFixture first = new EngineFixture(timeline).state(folder);
        List<AttemptSink> underWay = new ArrayList<>();
        InterruptedSave saving = new InterruptedSave(timeline, () -> {
            throw new LinkageError("a class is gone");
        });
        begin(first.engineTimeline(saving), 1, underWay);
        saving.next();
        answer(underWay.get(0));
        first.run();
        assertThat(first.status().notes()).singleElement().asString().contains("a class is gone");
        close(first);
        assertThat(limit(life("2000 tokens / 1d")).left()).isEqualTo(1990);
    }

    private static void answer(AttemptSink sink) {
        sink.delta(new Delta.Text("answer"));
        sink.done(new AnswerEnd(FinishReason.STOP, Optional.of(TokenUsage.of(0, 10)), "model"));
    }

    @Test
    void useThatIsOlderThanTheWindow_countsNoLonger() {
        EngineFixture first = life("1 requests / 1h");
        first.ask("question");
        first.advance(Duration.ofSeconds(1));
        close(first);
        timeline.advance(Duration.ofMinutes(59));
        assertThat(limit(life("1 requests / 1h")).left()).isZero();
        timeline.advance(Duration.ofMinutes(2));
        assertThat(limit(life("1 requests / 1h")).left()).isEqualTo(1);
    }

    @Test
    void inputAndOutputTokens_areSavedApart() {
        String[] limits = {"1000 input-tokens / 1d", "1000 output-tokens / 1d"};
        EngineFixture first = new EngineFixture(timeline).state(folder);
        first.account("a", limits).counts(Admission.asMade(10, 500));
        first.ask("question");
        first.advance(Duration.ofSeconds(2));
        close(first);
        assertThat(life(limits).status("a").limits())
                .extracting(LimitStatus::left)
                .containsExactly(994L, 996L);
    }

    @Test
    void usesCount_whenTheAmountIsDeclaredAnew() {
        EngineFixture first = life("10 requests / 1d");
        first.askMany(3);
        first.advance(Duration.ofSeconds(1));
        close(first);
        assertThat(limit(life("20 requests / 1d")).left()).isEqualTo(17);
    }

    @Test
    void runningProcesses_countWhatTheOthersUse() {
        EngineFixture one = life("10 requests / 1d");
        EngineFixture other = life("10 requests / 1d");
        one.askMany(4);
        other.ask("mine");
        one.advance(Duration.ofSeconds(2));
        other.ask("mine again");
        other.advance(Duration.ofSeconds(2));
        assertThat(limit(other).left()).isEqualTo(4);
        close(one);
        other.ask("mine once more");
        other.advance(Duration.ofSeconds(2));
        assertThat(limit(other).left()).isEqualTo(3);
        close(other);
        assertThat(limit(life("10 requests / 1d")).left()).isEqualTo(3);
    }

    @Test
    void idleEngine_savesNothing() throws IOException {
        EngineFixture life = life("10 requests / 1d");
        life.ask("question");
        life.run();
        Path file = folder.resolve("state.json");
        Files.delete(file);
        life.advance(Duration.ofHours(2));
        assertThat(file).doesNotExist();
        life.reload();
        life.advance(Duration.ofSeconds(1));
        Files.delete(file);
        close(life);
        assertThat(file).doesNotExist();
    }

    @Test
    void savingAgain_waitsForTheInterval() throws IOException {
        EngineFixture life = life("10 requests / 1d");
        life.ask("question");
        life.advance(MOMENT);
        Path file = folder.resolve("state.json");
        Files.delete(file);
        life.advance(Duration.ofMillis(900));
        assertThat(file).doesNotExist();
        life.advance(Duration.ofMillis(200));
        assertThat(file).exists();
    }

    /** Of 60 that are used a fraction may be rounded, so the bucket's window may be a sixtieth longer. */
    @ParameterizedTest
    @EnumSource(names = {"CONTINUOUS", "AT_ONCE"})
    void reportedLimit_goesOnWhereItStood(Refill refill) {
        EngineFixture first = new EngineFixture(timeline).state(folder);
        ScriptedClient client = first.account("a");
        client.usually(client.reports(Duration.ofMillis(100), () -> report(refill, 100, 40, Duration.ofHours(1))));
        first.ask("question");
        first.advance(Duration.ofSeconds(1));
        close(first);
        EngineFixture second = life();
        assertThat(limit(second).source()).isEqualTo(LimitStatus.LimitSource.REPORTED);
        assertThat(limit(second).amount()).isEqualTo(100);
        assertThat(limit(second).left()).isEqualTo(40);
        timeline.advance(Duration.ofMinutes(30));
        assertThat(limit(second).left()).isEqualTo(refill == Refill.AT_ONCE ? 40 : 69);
        assertThat(limit(life()).left()).isEqualTo(refill == Refill.AT_ONCE ? 40 : 69);
        timeline.advance(Duration.ofMinutes(32));
        assertThat(limit(second).left()).isEqualTo(100);
        assertThat(life().status("a").limits()).isEmpty();
    }

    /** The next process may be told a smaller limit than the bucket, which then doesn't stand for it. */
    @Test
    void declaredLimitForWhichABucketStands_isSavedAllTheSame() {
        EngineFixture first = new EngineFixture(timeline).state(folder);
        ScriptedClient client = first.account("a", "100 / 1h");
        Optional<Duration> window = Optional.of(Duration.ofHours(1));
        client.usually(client.reports(
                Duration.ofMillis(100), () -> report(Refill.CONTINUOUS, 100, 99, window, Duration.ofSeconds(36))));
        first.askMany(30);
        first.advance(Duration.ofSeconds(1));
        assertThat(first.status("a").limits()).hasSize(1);
        close(first);
        timeline.advance(Duration.ofMinutes(5));
        assertThat(limit(life("50 requests / 1h")).left()).isEqualTo(20);
    }

    private static RateLimitReport report(Refill refill, long amount, long remaining, Duration reset) {
        return report(refill, amount, remaining, Optional.empty(), reset);
    }

    private static RateLimitReport report(
            Refill refill, long amount, long remaining, Optional<Duration> window, Duration reset) {
        return new RateLimitReport(
                Reach.ORGANIZATION,
                Limit.Unit.REQUESTS,
                OptionalLong.of(amount),
                OptionalLong.of(remaining),
                window,
                refill,
                Optional.of(reset));
    }

    @ParameterizedTest
    @EnumSource(names = {"ORGANIZATION", "MODEL"})
    void dayThatIsUsedUp_staysClosedUntilItsReset(Reach reach) {
        EngineFixture first = new EngineFixture(timeline).state(folder);
        ScriptedClient client = first.account("a");
        client.usually(client.limits(MOMENT, FailureKind.QUOTA_EXHAUSTED, Duration.ofHours(5), reach));
        first.ask("question");
        first.advance(Duration.ofSeconds(1));
        Instant reset = first.status("a").until().orElseThrow();
        close(first);
        StatusSnapshot.AccountStatus account = life().status("a");
        assertThat(account.state()).isEqualTo(AccountState.BUSY);
        assertThat(account.until()).contains(reset);
        timeline.advance(Duration.ofHours(5));
        assertThat(life().status("a").state()).isEqualTo(AccountState.OPEN);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNAUTHORIZED", "QUOTA_EXHAUSTED", "MODEL_UNAVAILABLE"})
    void accountThatIsOff_staysOffWithReasonUntilItsNextCheck(FailureKind kind) {
        EngineFixture first = new EngineFixture(timeline).state(folder);
        ScriptedClient client = first.account("a");
        client.usually(client.failsAfter(MOMENT, Failure.of(kind, "see to it")));
        for (int second = 0; second < 40; second++) {
            first.ask("question");
            first.advance(Duration.ofSeconds(1));
        }
        Instant check = first.status("a").until().orElseThrow();
        close(first);
        EngineFixture second = new EngineFixture(timeline).state(folder);
        second.account("a");
        assertThat(second.status("a").state()).isEqualTo(AccountState.OFF);
        assertThat(second.status("a").reason()).contains("see to it");
        assertThat(second.status("a").until()).contains(check);
        var refused = second.ask("too early");
        second.advance(Duration.ofMillis(1));
        assertThat(failure(refused).reason()).isEqualTo(Reason.NO_ACCOUNT);
        close(second);
        timeline.advance(Duration.ofMinutes(50));
        second = new EngineFixture(timeline).state(folder);
        ScriptedClient again = second.account("a");
        assertThat(second.status("a").state()).as("until it is checked").isEqualTo(AccountState.OFF);
        assertThat(second.status("a").reason().orElseThrow()).contains("see to it");
        second.askMany(40);
        second.advance(MOMENT);
        assertThat(again.calls()).as("one probes it").isEqualTo(1);
        second.advance(Duration.ofMillis(100));
        assertThat(again.calls()).as("a few at first").isBetween(2, 10);
        second.advance(Duration.ofSeconds(5));
        assertThat(again.calls()).isEqualTo(40);
        close(second);
        assertThat(life().status("a").state()).isEqualTo(AccountState.OPEN);
    }

    @Test
    void accountAddedByAReload_hasUsedWhatWasSavedOfItsLimits() {
        EngineFixture first = life();
        ScriptedClient client = first.account("b");
        client.usually(client.reports(MOMENT, () -> report(Refill.AT_ONCE, 100, 40, Duration.ofHours(1))));
        first.askOf("b", "question");
        first.advance(Duration.ofSeconds(1));
        close(first);
        EngineFixture second = life();
        second.engine();
        second.account("b");
        second.tier("b").reload();
        assertThat(second.status("b").limits()).extracting(LimitStatus::left).containsExactly(40L);
    }

    /** An account, or a model of it, is removed within its window; comes back in the next process, at once or later. */
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void limitThatIsAwayWhenItIsSaved_hasUsedWhatItHadOnceItIsBack(boolean model, boolean atOnce) {
        EngineFixture first = new EngineFixture(timeline).state(folder).tier("a");
        limited(first, model);
        first.askMany(2);
        first.advance(Duration.ofMinutes(1));
        away(first, model).reload();
        for (int minute = 0; minute < 30; minute++) {
            first.advance(Duration.ofMinutes(1));
            first.reload();
        }
        close(first);

        EngineFixture second = new EngineFixture(timeline).state(folder);
        if (!atOnce) {
            away(second, model).engine();
            second.advance(Duration.ofMinutes(1));
        }
        second.without("a");
        ScriptedClient back = limited(second, model);
        second.route("default", "a").reload();
        second.askMany("again ", 9);
        second.advance(Duration.ofSeconds(1));
        assertThat(back.calls()).isEqualTo(1);
    }

    /** An account with a limit of its own, or of its model. */
    private static ScriptedClient limited(EngineFixture life, boolean ofModel) {
        Optional<String> model = ofModel ? Optional.of(EngineFixture.MODEL) : Optional.empty();
        return life.account(AccountSettings.builder("a", "scripted")
                .limits(List.of(new DeclaredLimit(Limit.parse("3 / 1h"), model)))
                .build());
    }

    /** Another account in its place, or another model. */
    private static EngineFixture away(EngineFixture life, boolean ofModel) {
        String other = ofModel ? "a" : "b";
        life.without("a").account(AccountSettings.builder(other, "scripted").build());
        return life.route("default", ofModel ? "a/another" : "b");
    }

    @ParameterizedTest
    @EnumSource(names = {"ACCOUNT", "ORGANIZATION"})
    void accountThatIsOff_isTriedByTheNextProcessIfItsTokenIsAnother(Reach reach) {
        Failure refused = ScriptedClient.failure(FailureKind.UNAUTHORIZED, Optional.empty(), reach);
        int calls = 0;
        for (String token : List.of("old", "old", "new")) {
            EngineFixture life = new EngineFixture(timeline).state(folder);
            ScriptedClient client = life.account("a", "org", Secret.of(token));
            client.usually(client.failsAfter(MOMENT, refused));
            life.ask("question");
            life.advance(MOMENT);
            assertThat(life.status("a").state()).isEqualTo(AccountState.OFF);
            life.engine().close(Duration.ZERO);
            life.advance(MOMENT);
            calls += client.calls();
        }
        assertThat(calls).as("not by the second").isEqualTo(2);
    }

    @Test
    void folderThatVanishes_costsNoPrompt() throws IOException {
        EngineFixture life = life("10 requests / 1d");
        life.ask("question");
        life.advance(Duration.ofSeconds(1));
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
        var answer = life.ask("another");
        try (LoggedLines log = new LoggedLines(StateSaver.class)) {
            life.advance(Duration.ofSeconds(1));
            life.ask("a third");
            life.advance(Duration.ofSeconds(1));
            assertThat(log.ofThisThread())
                    .singleElement()
                    .asString()
                    .startsWith("WARN the limits' state can't be saved in " + folder);
        }
        assertThat(answer).isCompleted();
        assertThat(life.status().notes()).singleElement().asString().contains("can't be saved");
        Files.createDirectory(folder);
        close(life);
        assertThat(life.status().notes()).isEmpty();
        assertThat(limit(life("10 requests / 1d")).left())
                .as("saved in the end")
                .isEqualTo(7);
        Files.writeString(folder.resolve("state.json"), "no JSON");
        assertThat(life().status().notes()).singleElement().asString().contains("state.json can't be read");
    }

    @Test
    void callThatLeavesNoTrace_waitsForNoDisk() throws IOException {
        EngineFixture life = new EngineFixture(timeline).state(folder);
        ScriptedClient client = life.account("a");
        ScriptedClient ofModel = life.member("b")
                .with(said -> said.limit(Limit.requests(10, Duration.ofDays(1)), EngineFixture.MODEL))
                .client();
        try (FileLock held = lock()) {
            assertThat(held.isValid()).isTrue();
            life.ask("question");
            life.advance(MOMENT);
            assertThat(client.calls()).as("no limit is declared").isEqualTo(1);
            life.askOf("b", "another");
            life.advance(MOMENT);
            assertThat(ofModel.calls()).as("one is for its model").isZero();
        }
    }

    /** A large limit's uses are saved ahead, a sixteenth of it at most, so that few calls wait for the disk. */
    @Test
    void usesOfALargeLimit_areSavedAhead_andGivenBackWhenItRests() {
        EngineFixture life = life("1600 requests / 1h");
        int saves = 0;
        for (int second = 0; second < 6; second++) {
            for (int call = 0; call < 40; call++) {
                Instant before = saved();
                life.ask("question " + second + " " + call);
                life.advance(Duration.ofMillis(25));
                saves += before.equals(saved()) ? 0 : 1;
            }
        }
        assertThat(saves).as("a few while it starts, then one a second").isLessThan(15);
        assertThat(limit(life("1600 requests / 1h")).left()).isBetween(1600L - 240 - 100, 1600L - 240);
        life.advance(Duration.ofSeconds(3));
        assertThat(limit(life("1600 requests / 1h")).left()).isEqualTo(1600 - 240);
    }

    /** What was saved ahead was dated then, and would leave the window too early for a later use. */
    @Test
    void whatWasSavedAheadLongAgo_coversNoCall() throws IOException {
        EngineFixture life = new EngineFixture(timeline).state(folder);
        ScriptedClient client = life.account("a", "1600 requests / 1h");
        life.askMany(20);
        life.advance(MOMENT);
        life.ask("another");
        life.advance(MOMENT);
        try (FileLock held = lock()) {
            assertThat(held.isValid()).isTrue();
            life.ask("soon");
            life.advance(MOMENT);
            assertThat(client.calls()).as("one was saved ahead").isEqualTo(22);
            life.advance(Duration.ofSeconds(5));
            life.ask("late");
            life.advance(MOMENT);
            assertThat(client.calls()).isEqualTo(22);
        }
        life.advance(Duration.ofMillis(50));
        assertThat(client.calls()).isEqualTo(23);
    }

    private Instant saved() {
        return StateFolder.open(folder).found().saved();
    }

    /** Holds the folder as another process would, until it is closed with its channel. */
    private FileLock lock() throws IOException {
        return FileChannel.open(folder.resolve("state.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                .lock();
    }

    @Test
    void folderThatAnotherHolds_isTriedAgainUntilItIsFree_andCallsLeaveThen_orOnceItIsTold() throws IOException {
        EngineFixture life = new EngineFixture(timeline).state(folder);
        ScriptedClient client = life.account("a", "10 requests / 1d");
        try (FileLock held = lock()) {
            assertThat(held.isValid()).isTrue();
            life.ask("question");
            life.advance(Duration.ofSeconds(5));
            life.ask("another");
            life.advance(Duration.ofSeconds(4));
            assertThat(client.calls()).isZero();
            assertThat(life.status().notes()).isEmpty();
        }
        life.advance(Duration.ofMillis(50));
        assertThat(client.calls()).isEqualTo(2);
        try (FileLock held = lock()) {
            assertThat(held.isValid()).isTrue();
            life.ask("a third");
            life.advance(Duration.ofSeconds(11));
            assertThat(life.status().notes())
                    .singleElement()
                    .asString()
                    .contains(folder.toString(), "another process has held the lock on state.lock for 10 s");
            assertThat(client.calls()).isEqualTo(3);
        }
        life.advance(Duration.ofSeconds(1));
        assertThat(life.status().notes()).isEmpty();
        assertThat(limit(life("10 requests / 1d")).left()).isEqualTo(7);
    }

    @Test
    void folderInWhichOthersSave_isWaitedForAsLongAsTheyDo() throws IOException {
        EngineFixture life = new EngineFixture(timeline).state(folder);
        ScriptedClient client = life.account("a", "10 requests / 1d");
        Path file = Files.writeString(folder.resolve("state.json"), "{\"version\": 2}");
        try (FileLock held = lock()) {
            assertThat(held.isValid()).isTrue();
            life.ask("question");
            for (int other = 1; other <= 5; other++) {
                life.advance(Duration.ofSeconds(9));
                Files.setLastModifiedTime(file, FileTime.fromMillis(other));
            }
            assertThat(life.status().notes()).isEmpty();
            assertThat(client.calls()).isZero();
        }
        life.advance(Duration.ofMillis(50));
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void closing_waitsTenSecondsForAFolderThatAnotherHolds_andSaysThatItIsNotSaved() throws IOException {
        EngineFixture life = life("10 requests / 1d");
        life.ask("question");
        life.advance(Duration.ofMillis(500));
        try (FileLock held = lock()) {
            assertThat(held.isValid()).isTrue();
            var closed = life.engine().close(Duration.ZERO);
            life.advance(Duration.ofMillis(9_990));
            assertThat(closed).isNotDone();
            assertThat(life.status().notes()).isEmpty();
            life.advance(Duration.ofMillis(100));
            assertThat(closed).isCompleted();
            assertThat(life.status().notes()).singleElement().asString().contains("state.lock");
            long before = timeline.nanoTime();
            life.run();
            assertThat(timeline.nanoTime() - before).as("nothing goes on").isLessThan(100_000_000);
        }
        assertThat(limit(life("10 requests / 1d")).left())
                .as("it was saved before it was sent")
                .isEqualTo(9);
    }

    @Test
    void fileWithAnythingInIt_neverKeepsAnEngineFromStarting() throws IOException {
        EngineFixture first = new EngineFixture(timeline).state(folder);
        ScriptedClient client = first.account("a", "10 requests / 1d", "1000 tokens / 1h");
        client.then(client.reports(MOMENT, () -> report(Refill.AT_ONCE, 100, 40, Duration.ofHours(1))))
                .then(client.reports(MOMENT, () -> report(Refill.CONTINUOUS, 100, 40, Duration.ofHours(1))))
                .then(client.failsAfter(MOMENT, Failure.of(FailureKind.UNAUTHORIZED, "refused")));
        first.askMany(3);
        first.advance(Duration.ofSeconds(2));
        close(first);
        Path file = folder.resolve("state.json");
        String good = Files.readString(file);
        assertThat(good).contains("AT_ONCE", "CONTINUOUS", "refused");
        for (long seed = 0; seed < 150; seed++) {
            Files.writeString(file, changed(good, new SplittableRandom(seed)));
            EngineFixture next = life("10 requests / 1d", "1000 tokens / 1h");
            var answer = next.ask("question " + seed);
            next.advance(MOMENT);
            assertThat(next.status().accounts()).as("seed %d", seed).hasSize(1);
            answer.cancel(true);
            next.advance(Duration.ofSeconds(1));
        }
    }

    /** Replaces numbers and characters, for most of which it stays JSON. */
    private static String changed(String good, SplittableRandom random) {
        StringBuilder text = new StringBuilder(good);
        for (int change = random.nextInt(1, 4); change > 0; change--) {
            int at = random.nextInt(text.length());
            while (!Character.isDigit(text.charAt(at))) {
                at = (at + 1) % text.length();
            }
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, "9".repeat(random.nextInt(1, 20)));
                case 1 -> text.setCharAt(at, (char) ('0' + random.nextInt(10)));
                case 2 -> text.insert(at, '-');
                default -> text.deleteCharAt(at);
            }
        }
        return text.toString();
    }

    @Test
    void secrets_areNotSaved() throws IOException {
        EngineFixture first = new EngineFixture(timeline).state(folder);
        ScriptedClient client = first.account("a", "10 requests / 1d");
        client.usually(client.failsAfter(MOMENT, Failure.of(FailureKind.UNAUTHORIZED, "refused")));
        first.ask("What is the text of this prompt?");
        first.advance(Duration.ofSeconds(1));
        close(first);
        assertThat(folder.resolve("state.json"))
                .content()
                .contains("refused")
                .containsPattern("\"tokens\" ?: ?\"[0-9a-f]{4}\"")
                .doesNotContain("the text of");
    }
}
