package dev.whippletree.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Scope;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StateFolderTest {

    /** Why exchanges failed. */
    private final Queue<String> unsaved = new ConcurrentLinkedQueue<>();

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final WindowKey DAY = new WindowKey(Scope.of("acme"), Limit.Unit.REQUESTS, Duration.ofDays(1));
    private static final ClosedPlace PLACE =
            new ClosedPlace(ClosedPlace.Extent.ORGANIZATION, "acme", Optional.of("model"));

    @TempDir
    private Path folder;

    private StateFolder open() {
        return StateFolder.open(folder);
    }

    private static OwnState used(String process, long amount, Instant date) {
        return new OwnState(process, List.of(uses(DAY, amount, date)), List.of(), List.of(), Set.of(), List.of());
    }

    private static WindowUses uses(WindowKey key, long amount, Instant date) {
        return new WindowUses(key, new TreeMap<>(Map.of(key.bucket(date.toEpochMilli()), amount)));
    }

    private static SavedState done(Exchange exchange) {
        assertThat(exchange).isInstanceOf(Exchange.Done.class);
        return ((Exchange.Done) exchange).state();
    }

    private static long sum(SavedState state, String but) {
        return state.usesOfOthers(but).getOrDefault(DAY, new TreeMap<>()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Test
    void windowOfLessThanAMillisecond_isRefused() {
        assertThatThrownBy(() -> new WindowKey(Scope.of("acme"), Limit.Unit.REQUESTS, Duration.ofNanos(999_999)))
                .hasMessage("a window is a millisecond or more, not 999999 ns");
    }

    @Test
    void whatIsSaved_isFoundAgainWhole() {
        SavedLimit limit = new SavedLimit(
                new SavedLimit.SavedLimitKey(
                        Scope.of("acme", "model"), Limit.Unit.TOKENS, Refill.CONTINUOUS, Duration.ZERO),
                8000,
                -5,
                NOW.plusSeconds(60),
                Duration.ofMinutes(1),
                NOW);
        SavedClosure closure = new SavedClosure(PLACE, true, NOW, NOW.plusSeconds(3600), "no \"credit\"", "0a1b");
        SavedTokens tokens = tokens("a", NOW, 7, 1, 8);
        OwnState own = new OwnState(
                "p", List.of(uses(DAY, 3, NOW)), List.of(limit), List.of(closure), Set.of(), List.of(tokens));
        SavedState saved = done(open().exchange(own, false, NOW));
        assertThat(open().found()).isEqualTo(saved);
        assertThat(saved.limits()).containsExactly(limit);
        assertThat(saved.closures()).containsExactly(closure);
        assertThat(saved.tokens()).containsExactly(tokens);
        assertThat(saved.processes()).containsEntry("p", own.uses());
        assertThat(open().present()).contains(saved);
        assertThat(open().warnings()).isEmpty();
        Instant lastMoment = NOW.plusSeconds(2 * 3600).minusNanos(1);
        assertThat(saved.at(lastMoment).closures())
                .as("until it is surely mended")
                .hasSize(1);
        assertThat(saved.at(lastMoment.plusNanos(1)).closures()).isEmpty();
        Instant oldest = Instant.ofEpochMilli(DAY.bucket(NOW.toEpochMilli())).plus(Duration.ofDays(1));
        assertThat(sum(saved.at(oldest.minusMillis(1)), "")).isEqualTo(3);
        assertThat(sum(saved.at(oldest), "")).isZero();
    }

    @Test
    void valuesThatAreTooLargeOrTooSmall_areSavedAsFarAsTheyCanBe() {
        SavedLimit fast = new SavedLimit(limit(5, NOW).key(), 9, 5, NOW.plusSeconds(1), Duration.ofNanos(9), NOW);
        SavedClosure wordy = new SavedClosure(PLACE, false, NOW, NOW.plusSeconds(1), "x".repeat(501), "");
        SavedClosure endless = new SavedClosure(
                new ClosedPlace(ClosedPlace.Extent.ACCOUNT, "a", Optional.empty()),
                false,
                NOW,
                NOW.plus(Duration.ofDays(3650)),
                "",
                "");
        done(open().exchange(
                        new OwnState("p", List.of(), List.of(fast), List.of(wordy, endless), Set.of(), List.of()),
                        false,
                        NOW));
        assertThatThrownBy(() -> new WindowUses(DAY, new TreeMap<>(Map.of(1L, 1L, 2L, -1L))))
                .hasMessage("a use can't be negative");
        assertThatThrownBy(() -> tokens("a", NOW, 1, -1)).hasMessage("tokens can't be negative");
        assertThat(open().found().limits().get(0).refill()).isEqualTo(Duration.ofMillis(1));
        assertThat(open().found().closures()).extracting(SavedClosure::reason).containsExactly("x".repeat(500));
    }

    private static SavedTokens tokens(String route, Instant changed, Integer... values) {
        return new SavedTokens(
                new SavedTokens.SavedTokensKey("COMPLETIONS", route, "model", 0), List.of(values), changed);
    }

    private static OwnState learned(String process, List<SavedTokens> tokens) {
        return new OwnState(process, List.of(), List.of(), List.of(), Set.of(), tokens);
    }

    @Test
    void whatWasLearned_isBounded_andForgottenAfterAMonth() {
        List<SavedTokens> many = new ArrayList<>();
        for (int route = 0; route < 300; route++) {
            many.add(tokens(
                    "route " + route,
                    NOW.plusSeconds(route - 300),
                    IntStream.range(route, route + 900).boxed().toArray(Integer[]::new)));
        }
        SavedState saved = done(open().exchange(learned("p", many), false, NOW));
        assertThat(saved.tokens())
                .hasSize(200)
                .allSatisfy(kept -> assertThat(kept.latest()).hasSize(100));
        assertThat(saved.tokens().get(0).key().name()).isEqualTo("route 299");
        assertThat(saved.tokens().get(0).latest()).startsWith(299 + 800).endsWith(299 + 899);
        assertThat(saved.at(NOW.plus(Duration.ofDays(31))).tokens()).isEmpty();
    }

    @Test
    void processes_keepEachOthersUses_whileTheyMatter() {
        StateFolder one = open();
        StateFolder other = open();
        assertThat(one.found()).isEqualTo(SavedState.EMPTY);
        assertThat(one.warnings()).isEmpty();
        one.exchange(used("one", 3, NOW), false, NOW);
        other.exchange(used("other", 4, NOW), false, NOW);
        SavedState all = done(one.exchange(used("one", 5, NOW), false, NOW));
        assertThat(sum(all, "")).isEqualTo(9);
        assertThat(sum(all, "one")).isEqualTo(4);
        for (int process = 0; process < 10; process++) {
            done(open().exchange(used("p" + process, 1, NOW), false, NOW));
            done(open().exchange(used("p" + process, 2, NOW), true, NOW));
        }
        SavedState ended = open().found();
        assertThat(ended.processes()).as("those that ended are one").containsOnlyKeys(SavedState.ENDED, "one", "other");
        assertThat(sum(ended, "")).isEqualTo(29);
        assertThat(done(open().exchange(used("idle", 0, NOW), false, NOW)).processes())
                .doesNotContainKey("idle");
        Instant later = NOW.plus(Duration.ofDays(1)).plusMillis(DAY.bucketMillis());
        OwnState nothing = new OwnState("q", List.of(), List.of(), List.of(), Set.of(), List.of());
        assertThat(done(open().exchange(nothing, false, later)).processes())
                .as("what can matter no longer")
                .isEmpty();
    }

    /** Less than a 240th of a day after it. */
    @Test
    void bucket_isNeverBeforeTheUse_norMuchLater() {
        for (long date = NOW.toEpochMilli(); date < NOW.toEpochMilli() + 400_000; date += 12_345) {
            assertThat(DAY.bucket(date)).isBetween(date, date + 360_000 - 1);
            assertThat(DAY.bucket(DAY.bucket(date))).isEqualTo(DAY.bucket(date));
        }
    }

    @Test
    void ofWhatTwoProcessesKnow_theNewerOrLaterOrLargerIsKept() {
        SavedLimit newer = limit(90, NOW);
        SavedClosure late = new SavedClosure(PLACE, false, NOW, NOW.plusSeconds(20), "late", "");
        SavedTokens more = tokens("a", NOW.minusSeconds(9), 1, 2, 3);
        SavedTokens younger = tokens("b", NOW, 4, 5);
        OwnState one = new OwnState(
                "one",
                List.of(),
                List.of(newer),
                List.of(late),
                Set.of(),
                List.of(more, tokens("b", NOW.minusSeconds(9), 6, 7)));
        SavedClosure early = new SavedClosure(PLACE, false, NOW, NOW.plusSeconds(10), "early", "");
        OwnState other = new OwnState(
                "other",
                List.of(),
                List.of(limit(5, NOW.minusSeconds(9))),
                List.of(early),
                Set.of(),
                List.of(tokens("a", NOW, 1, 2), younger));
        for (List<OwnState> order : List.of(List.of(one, other), List.of(other, one))) {
            order.forEach(state -> open().exchange(state, false, NOW));

            SavedState found = open().found();
            assertThat(found.limits()).containsExactly(newer);
            assertThat(found.closures()).containsExactly(late);
            assertThat(found.tokens()).containsExactlyInAnyOrder(more, younger);
        }
        open().exchange(new OwnState("one", List.of(), List.of(), List.of(), Set.of(PLACE), List.of()), false, NOW);
        assertThat(open().found().closures()).as("seen open").isEmpty();
    }

    private static SavedLimit limit(long left, Instant seen) {
        return new SavedLimit(
                new SavedLimit.SavedLimitKey(
                        Scope.of("acme"), Limit.Unit.REQUESTS, Refill.AT_ONCE, Duration.ofHours(1)),
                100,
                left,
                seen.plusSeconds(600),
                Duration.ofHours(1),
                seen);
    }

    @Test
    void clockThatWasPutBack_makesNothingLastLongerThanItWould() {
        Instant ahead = NOW.plus(Duration.ofDays(400));
        SavedClosure closure = new SavedClosure(PLACE, false, ahead, ahead.plusSeconds(60), "why", "");
        SavedLimit limit = limit(5, ahead);
        OwnState own = new OwnState(
                "p",
                List.of(uses(DAY, 3, ahead)),
                List.of(limit),
                List.of(closure),
                Set.of(),
                List.of(tokens("a", ahead, 7)));
        open().exchange(own, true, ahead);
        SavedState seen = open().found().at(NOW);
        assertThat(limit(5, NOW.plusSeconds(60)).seenAt(NOW).full())
                .as("clocks may differ by a minute")
                .isEqualTo(NOW.plusSeconds(660));
        assertThat(limit(5, NOW.plusSeconds(61)).seenAt(NOW).full()).isEqualTo(NOW.plusSeconds(600));
        assertThat(seen.closures())
                .containsExactly(new SavedClosure(PLACE, false, NOW, NOW.plusSeconds(60), "why", ""));
        assertThat(seen.limits()).containsExactly(limit(5, NOW));
        assertThat(seen.tokens()).containsExactly(tokens("a", NOW, 7));
        assertThat(sum(seen, "")).isEqualTo(3);
        Instant dayLater = NOW.plus(Duration.ofDays(1)).plusSeconds(60).plusMillis(DAY.bucketMillis());
        assertThat(sum(seen.at(dayLater), "")).isZero();
    }

    @Test
    void fileOfVersionOne_isRead_alsoThroughALinkToItsFolder() throws IOException {
        Files.writeString(
                folder.resolve("state.json"),
                "{\"version\": 1, \"saved\": \"" + NOW + "\", \"processes\": {\"ended\": [{\"organization\": \"acme\","
                        + " \"unit\": \"REQUESTS\", \"window_ms\": 86400000, \"uses\": {\"" + NOW.toEpochMilli()
                        + "\": 3}}]}, \"limits\": [], \"closures\": []}");
        StateFolder opened = StateFolder.open(Files.createSymbolicLink(folder.resolve("link"), folder));

        assertThat(opened.warnings()).isEmpty();
        assertThat(sum(opened.found(), "")).isEqualTo(3);
        assertThat(opened.found().tokens()).isEmpty();
        assertThat(sum(done(opened.exchange(used("p", 4, NOW), false, NOW)), ""))
                .isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "{\"version\": \"one\"}",
                "{\"version\": 1}",
                "{\"version\": 1, \"saved\": \"2026-03-01T12:00:00Z\", \"processes\": {\"p\": [{\"organization\": \"o\","
                        + " \"unit\": \"TOKENS\", \"window_ms\": 9, \"uses\": {\"-1000000000000001\": 1}}]},"
                        + " \"limits\": [], \"closures\": []}",
                "{\"version\": 1, \"saved\": null, \"processes\": {}, \"limits\": [], \"closures\": []}",
                "{\"version\": 1, \"saved\": 5, \"processes\": {}, \"limits\": [], \"closures\": []}",
                "{\"version\": 1, \"saved\": \"2026-03-01T12:00:00Z\", \"processes\": {\"p\": [null]}, \"limits\": [],"
                        + " \"closures\": []}",
                "{\"version\": 1, \"saved\": \"2026-03-01T12:00:00Z\", \"processes\": {\"p\": [{\"organization\": null,"
                        + " \"unit\": \"REQUESTS\", \"window_ms\": 9, \"uses\": {}}]}, \"limits\": [], \"closures\": []}",
                "{\"version\": 1, \"saved\": \"noon\", \"processes\": {}, \"limits\": [], \"closures\": []}",
                "{\"version\": 1, \"saved\": \"2026-03-01T12:00:00Z\", \"processes\": {\"p\": [{\"organization\": \"o\","
                        + " \"unit\": \"REQUESTS\", \"window_ms\": 1000, \"uses\": {\"soon\": 1}}]},"
                        + " \"limits\": [], \"closures\": []}",
                "{\"version\": 1, \"saved\": \"2026-03-01T12:00:00Z\", \"processes\": {\"p\": [{\"organization\": \"o\","
                        + " \"unit\": \"REQUESTS\", \"window_ms\": 0, \"uses\": {}}]}, \"limits\": [], \"closures\": []}"
            })
    void fileThatCannotBeRead_isPutAsideWithAWarning(String contents) throws IOException {
        Path file = folder.resolve("state.json");
        Files.writeString(file, contents);
        StateFolder opened = open();
        assertThat(opened.found()).isEqualTo(SavedState.EMPTY);
        assertThat(opened.present()).isEmpty();
        assertThat(opened.warnings()).singleElement().asString().contains("can't be read", file.toString());
        assertThat(sum(done(opened.exchange(used("p", 3, NOW), false, NOW)), ""))
                .isEqualTo(3);
        assertThat(folder.resolve("state.broken")).hasContent(contents);
        assertThat(open().warnings()).isEmpty();
    }

    @Test
    void fileOfANewerVersion_isLeftAlone() throws IOException {
        Path file = folder.resolve("state.json");
        Files.writeString(file, "{\"version\": 3, \"anything\": true}");
        StateFolder opened = open();
        assertThat(opened.warnings()).singleElement().asString().contains("version 3", "newer program");
        assertThat(opened.exchange(used("p", 3, NOW), false, NOW))
                .isInstanceOfSatisfying(
                        Exchange.SaveFailed.class,
                        failed -> assertThat(failed.problem()).contains("version 3", "newer program"));
        assertThat(file).hasContent("{\"version\": 3, \"anything\": true}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"state.json", "state.lock"})
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void pipeInPlaceOfAFile_isWaitedForByNobody(String name) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", folder.resolve(name).toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(open().exchange(used("p", 3, NOW), false, NOW))
                .isInstanceOf(name.equals("state.json") ? Exchange.Done.class : Exchange.SaveFailed.class);
    }

    @Test
    void folderThatCannotBeUsed_isWarnedAbout_andNotMade() throws IOException {
        for (Path wrong : List.of(folder.resolve("missing"), Files.createFile(folder.resolve("file")))) {
            StateFolder opened = StateFolder.open(wrong);

            assertThat(opened.warnings()).hasSize(1);
            assertThat(opened.exchange(used("p", 3, NOW), false, NOW))
                    .isInstanceOfSatisfying(
                            Exchange.SaveFailed.class,
                            failed -> assertThat(failed.problem()).contains("can't be saved", wrong.toString()));
            assertThat(wrong).isNotEqualTo(folder).matches(path -> !Files.isDirectory(path));
        }
        assertThat(StateFolder.open(folder.resolve("missing")).warnings().get(0))
                .contains("doesn't exist; create it");
        assertThat(StateFolder.open(folder.resolve("file")).warnings().get(0)).contains("is a file; name a folder");
    }

    /** Whoever may write to the folder could have it read, or write to, another's file. */
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void linkInPlaceOfAFile_isNeitherReadNorWrittenThrough() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        done(StateFolder.open(elsewhere).exchange(used("p", 7, NOW), false, NOW));
        Path state = elsewhere.resolve("state.json");
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rw-r--r--"));
        byte[] before = Files.readAllBytes(state);
        Path secret = Files.writeString(elsewhere.resolve("secret"), "mine");
        Path link = Files.createSymbolicLink(folder.resolve("state.json"), state);
        Files.createSymbolicLink(folder.resolve("state.tmp"), secret);

        StateFolder opened = open();

        assertThat(opened.found()).isEqualTo(SavedState.EMPTY);
        assertThat(opened.warnings())
                .singleElement()
                .asString()
                .contains(link.toString(), "it isn't a regular file", "kept as state.broken");
        assertThat(sum(done(opened.exchange(used("p", 3, NOW), false, NOW)), ""))
                .isEqualTo(3);
        assertThat(Files.isSymbolicLink(link)).isFalse();
        assertThat(state).hasBinaryContent(before);
        assertThat(permissions(state)).isEqualTo("rw-r--r--");
        assertThat(secret).hasContent("mine");

        Path victim = folder.resolve("victim");
        Files.delete(folder.resolve("state.lock"));
        Files.createSymbolicLink(folder.resolve("state.lock"), victim);
        assertThat(open().exchange(used("p", 3, NOW), false, NOW))
                .isInstanceOfSatisfying(
                        Exchange.SaveFailed.class,
                        failed -> assertThat(failed.problem()).contains("state.lock isn't a regular file; delete it"));
        assertThat(victim).doesNotExist();
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void files_areTheirOwnersAlone_whateverWasThereBefore() throws IOException {
        for (String name : List.of("state.json", "state.tmp")) {
            Files.writeString(folder.resolve(name), "left by another version");
            Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString("rw-rw-rw-"));
        }

        done(open().exchange(used("one", 1, NOW), false, NOW));

        for (String name : List.of("state.json", "state.lock", "state.broken")) {
            assertThat(permissions(folder.resolve(name))).as(name).isEqualTo("rw-------");
        }
        assertThat(folder.resolve("state.tmp")).doesNotExist();

        Path file = folder.resolve("a/b/file");
        PrivateFile.createFolder(folder.resolve("a/b"));
        PrivateFile.write(file, "one");
        assertThat(permissions(file) + permissions(folder.resolve("a"))).isEqualTo("rw-------rwx------");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        PrivateFile.replace(file, "é");
        assertThat(file).hasContent("é");
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> PrivateFile.write(file, "two"));
        PrivateFile.create(folder.resolve("a/empty"));
        assertThat(permissions(folder.resolve("a/empty"))).isEqualTo("rw-------");
    }

    @Test
    void saveThatFailsHalfWay_leavesWhatWasThere() throws IOException {
        SavedState before = done(open().exchange(used("p", 3, NOW), false, NOW));
        Files.createDirectories(folder.resolve("state.tmp/what can't be deleted"));
        assertThat(open().exchange(used("p", 4, NOW), false, NOW)).isInstanceOf(Exchange.SaveFailed.class);
        assertThat(open().found()).isEqualTo(before);
    }

    /** A full disk needs the room. */
    @Test
    void saveThatFails_leavesNoTemporaryFile() throws IOException {
        Files.createDirectories(folder.resolve("state.json/occupied"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> new StateFile(folder).write(SavedState.EMPTY));
        assertThat(folder.resolve("state.tmp")).doesNotExist();
    }

    @Test
    void folderThatAnotherIsSavingIn_isBusy() throws IOException {
        try (FileChannel channel = FileChannel.open(
                        folder.resolve("state.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            assertThat(held.isValid()).isTrue();
            assertThat(open().exchange(used("p", 3, NOW), false, NOW))
                    .isEqualTo(new Exchange.Busy(FileTime.fromMillis(0)));
            FileTime saved = Files.getLastModifiedTime(Files.createFile(folder.resolve("state.json")));
            assertThat(open().exchange(used("p", 3, NOW), false, NOW)).isEqualTo(new Exchange.Busy(saved));
        }
        assertThat(open().exchange(used("p", 3, NOW), false, NOW)).isInstanceOf(Exchange.Done.class);
    }

    @Test
    void exchangesOfSeveralThreads_loseNothing() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                String process = "p" + thread;
                all.add(threads.submit(() -> saveTwentyTimes(process)));
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(sum(open().found(), ""))
                .as("saved; not saved because: %s", unsaved)
                .isEqualTo(80);
    }

    private void saveTwentyTimes(String process) {
        StateFolder own = open();
        for (int uses = 1; uses <= 20; uses++) {
            Exchange exchange = own.exchange(used(process, uses, NOW), uses == 20, NOW);
            while (exchange instanceof Exchange.Busy) {
                Thread.onSpinWait();
                exchange = own.exchange(used(process, uses, NOW), uses == 20, NOW);
            }
            if (exchange instanceof Exchange.SaveFailed failed) {
                unsaved.add(failed.problem());
            }
        }
    }
}
