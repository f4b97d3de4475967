package dev.whippletree.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.IsolatedRun;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionalModuleTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stress",
                "emulate",
                "ask --emulated Hello",
                "chat --emulated",
                "plan --accounts huggingface:2x1000/h"
            })
    void withoutTheModule_commandsThatNeedItNameIt(String line) throws Exception {
        Outcome outcome = runWithout("emulator", line.split(" "));
        assertThat(outcome.code).as(outcome.printed).isEqualTo(2);
        assertThat(outcome.printed)
                .contains("needs the module whippletree-emulator, which isn't part of this distribution")
                .doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stress", "plan --accounts huggingface:2x1000/h"})
    void withoutStress_commandsThatNeedItNameIt(String line) throws Exception {
        Outcome outcome = runWithout("stress", line.split(" "));
        assertThat(outcome.code).as(outcome.printed).isEqualTo(2);
        assertThat(outcome.printed)
                .contains("needs the module whippletree-stress, which isn't part of this distribution")
                .doesNotContain("\tat ");
    }

    @Test
    void withoutThePlanner_planNamesIt() throws Exception {
        Outcome outcome = runWithout("planner", "plan", "--accounts", "huggingface:2x1000/h");
        assertThat(outcome.code).as(outcome.printed).isEqualTo(2);
        assertThat(outcome.printed)
                .contains("plan needs the module whippletree-planner, which isn't part of this distribution")
                .doesNotContain("\tat ");
    }

    @Test
    void withoutThePlanner_emulatedAccountsStillAnswer() throws Exception {
        Outcome outcome = runWithout("planner", "ask", "--emulated", "Hello");
        assertThat(outcome.code).as(outcome.printed).isZero();
    }

    @Test
    void withoutBatches_batchNamesTheModule() throws Exception {
        Outcome outcome = runWithout("batch", "batch", "prompts.jsonl", "-o", "answers.jsonl");
        assertThat(outcome.code).as(outcome.printed).isEqualTo(2);
        assertThat(outcome.printed)
                .contains("batch needs the module whippletree-batch, which isn't part of this distribution")
                .doesNotContain("\tat ");
    }

    @Test
    void withoutTheGateway_serveNamesIt() throws Exception {
        Outcome outcome = runWithout("gateway", "serve", "--emulated");
        assertThat(outcome.code).as(outcome.printed).isEqualTo(2);
        assertThat(outcome.printed)
                .contains("serve needs the module whippletree-gateway, which isn't part of this distribution")
                .doesNotContain("\tat ");
    }

    @Test
    void withoutTheGateway_statusStillAsksOneElsewhere() throws Exception {
        Outcome outcome = runWithout("gateway", "status", "--url", "http://127.0.0.1:1");
        assertThat(outcome.code).as(outcome.printed).isEqualTo(6);
        assertThat(outcome.printed).contains("nothing listens there");
    }

    @Test
    void withoutTheModule_otherCommandsWork() throws Exception {
        assertThat(runWithout("emulator", "--help").code).isZero();
        Outcome check = runWithout("emulator", "check");
        assertThat(check.code).isEqualTo(2);
        assertThat(check.printed).contains("HF_TOKEN");
    }

    private record Outcome(int code, String printed) {}

    /** Runs the command from a class path of its own, on which a module isn't. */
    private Outcome runWithout(String module, String... arguments) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (Without loader = new Without(module);
                PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            Thread.currentThread().setContextClassLoader(loader);
            Class<?> shell = loader.loadClass(IsolatedRun.class.getName());
            int code = (int) shell.getMethod("run", Path.class, PrintStream.class, String[].class)
                    .invoke(null, folder, stream, arguments);
            return new Outcome(code, printed.toString(StandardCharsets.UTF_8));
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** This test's own class path, loaded anew, without a module's classes. */
    private static final class Without extends URLClassLoader {

        private final String packages;

        Without(String module) {
            super(classPath(), ClassLoader.getPlatformClassLoader());
            this.packages = "dev.whippletree." + module + ".";
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith(packages)) {
                throw new ClassNotFoundException(name);
            }
            return super.findClass(name);
        }

        private static URL[] classPath() {
            return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(entry -> url(Path.of(entry)))
                    .toArray(URL[]::new);
        }

        private static URL url(Path entry) {
            try {
                return entry.toUri().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
