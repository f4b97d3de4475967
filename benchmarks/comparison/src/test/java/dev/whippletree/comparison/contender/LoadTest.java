package dev.whippletree.comparison.contender;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LoadTest {

    private static final Setup SETUP = new Setup(
            new Services(
                    true,
                    "overhead",
                    "the-model",
                    10,
                    1,
                    Duration.ofSeconds(1),
                    List.of(),
                    List.of(),
                    List.of("one"),
                    Path.of(".")),
            false,
            Duration.ZERO,
            List.of(),
            "");

    private final Deque<Callable<String>> lines = new ArrayDeque<>();

    /** Keeps what it is asked. */
    private static class Fake implements Contender {

        final ConcurrentLinkedQueue<Question> whole = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<Question> streams = new ConcurrentLinkedQueue<>();
        final CountDownLatch asked = new CountDownLatch(3);
        boolean started;

        @Override
        public void start(Services services) {
            started = true;
        }

        @Override
        public String answer(Question question) throws Exception {
            whole.add(question);
            asked.countDown();
            return "an\tanswer";
        }

        @Override
        public String stream(Question question) throws Exception {
            streams.add(question);
            asked.countDown();
            throw new IOException("broken");
        }
    }

    private void line(String text) {
        lines.add(() -> text);
    }

    /** The load gets the line once the contender has been asked. */
    private void lineAfter(CountDownLatch latch, String text) {
        lines.add(() -> {
            latch.await();
            return text;
        });
    }

    private String obey(Contender contender, Contender floor) throws Exception {
        return obey(contender, floor, Duration.ofSeconds(30));
    }

    private String obey(Contender contender, Contender floor, Duration lastCalls) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BufferedReader reader = new BufferedReader(Reader.nullReader()) {
            @Override
            public String readLine() throws IOException {
                try {
                    return lines.isEmpty() ? null : lines.remove().call();
                } catch (Exception e) {
                    throw new IOException(e);
                }
            }
        };
        new Load(contender, floor, SETUP, lastCalls).obey(reader, new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void eachPrompt_isAskedOnce_andSomeAnswersAreShown() throws Exception {
        Fake library = new Fake();
        line("kind");
        line("start");
        line("ask 2 whole");
        lineAfter(library.asked, "cut");
        line("stop");

        assertThat(obey(library, library))
                .startsWith("library\n.\n.\n.\nnanos\t")
                .contains("\nfailed\t0\t\n", "\tan\\tanswer\n")
                .endsWith("\n.\nleft\t0\n.\n");
        assertThat(library.whole).extracting(Question::text).doesNotHaveDuplicates();
        assertThat(library.whole).extracting(Question::model).containsOnly("the-model");
    }

    @Test
    void callersOfAGateway_warmUpOnTheServices_beforeItStarts() throws Exception {
        Fake floor = new Fake();
        Fake gateway = new Fake() {
            @Override
            public boolean isGateway() {
                assertThat(started || whole.isEmpty()).isTrue();
                return true;
            }
        };
        line("ask 1 whole");
        lineAfter(floor.asked, "stop");
        line("start");
        line("ask 1 streams");
        lineAfter(gateway.asked, "cut");
        line("stop");

        assertThat(obey(gateway, floor)).contains("java.io.IOException: broken");
        assertThat(floor.whole).extracting(Question::model).containsOnly("the-model");
        assertThat(gateway.whole).isEmpty();
        assertThat(gateway.streams).extracting(Question::model).containsOnly("overhead");
    }

    /** Interrupting ends no call that reads from a socket. */
    @Test
    void answerAfterItsLoad_countsForNothing_andIsTheLastOfItsCaller() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        CountDownLatch late = new CountDownLatch(1);
        AtomicReference<Thread> caller = new AtomicReference<>();
        Fake slow = new Fake() {
            @Override
            public String answer(Question question) {
                caller.set(Thread.currentThread());
                whole.add(question);
                open.countDown();
                while (late.getCount() > 0) {
                    Thread.onSpinWait();
                }
                return "late";
            }
        };
        line("start");
        line("ask 1 whole");
        lineAfter(open, "stop");
        line("ask 0 whole");
        lines.add(() -> {
            late.countDown();
            while (caller.get().isAlive() && slow.whole.size() < 2) {
                Thread.onSpinWait();
            }
            return "cut";
        });

        assertThat(obey(slow, slow, Duration.ZERO)).contains("failed\t0\t\n", "ended\t\nopen\t\n.\n");
        assertThat(slow.whole).hasSize(1);
    }

    @Test
    void callThatIsOpenAllTheTime_isShownWithItsAge() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        Contender slow = new Fake() {
            @Override
            public String answer(Question question) throws Exception {
                open.countDown();
                answer.await();
                return "late";
            }
        };
        line("start");
        line("ask 1 whole");
        lineAfter(open, "cut");
        line("cut");
        lines.add(() -> {
            answer.countDown();
            return "stop";
        });

        assertThat(obey(slow, slow))
                .containsPattern("ended\t\nopen\t\n\\.\n")
                .containsPattern("ended\t\nopen\t\\d+:1\n\\.\n");
    }
}
