package dev.whippletree.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.ScriptedProvider;
import dev.whippletree.cli.Shell;
import dev.whippletree.cli.base.PromptOptions;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Message;
import dev.whippletree.terminal.Terminal;
import dev.whippletree.time.SystemTimeline;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chat as somebody has it who types at a terminal. */
class TerminalChatTest {

    private static final String PASTE = "\u001b[200~";
    private static final String PASTED = "\u001b[201~";

    @TempDir
    private Path folder;

    private final ScriptedProvider provider = new ScriptedProvider();
    private final SystemTimeline timeline = new SystemTimeline();
    private final PseudoTerminal terminal = new PseudoTerminal();
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private Path history;

    @BeforeEach
    void openChat() throws Exception {
        history = folder.resolve("chat-history");
        ChatHistory.make(history);
        new Thread(this::chat).start();
        terminal.await("Chat over 1 account. /help lists the commands, Ctrl-D ends the chat.")
                .await("> ");
    }

    private void chat() {
        PrintWriter writer = terminal.writer();
        Surroundings surroundings = Shell.around(
                folder,
                Map.of(ScriptedProvider.VARIABLE, "sesame"),
                writer,
                writer,
                new Terminal(true, true, true, true),
                timeline);
        try (Whippletree whippletree = Whippletree.builder()
                        .provider(provider)
                        .environment(surroundings.environment())
                        .build();
                LineEditor editor = new TerminalEditor(terminal.terminal(), Optional.of(history))) {
            ended.complete(new Chat(surroundings, whippletree, editor, new PromptOptions(), true).run());
        } catch (Throwable e) {
            ended.completeExceptionally(e);
            throw e;
        }
    }

    @AfterEach
    void leave() throws Exception {
        terminal.type(PseudoTerminal.CTRL_D);
        assertThat(ended.get(20, TimeUnit.SECONDS)).isZero();
        timeline.close();
    }

    private List<Message> asked(int index) {
        return provider.asked.get(index).messages();
    }

    @Test
    void message_isAnsweredAndItIsSaidWhereFrom() {
        terminal.type("Hello", PseudoTerminal.ENTER)
                .await("Fine, thank you.")
                .await("answered by account scripted-1, model scripted-model, 1 attempt");
        assertThat(asked(0)).containsExactly(Message.user("Hello"));
    }

    @Test
    void backslashAndEnter_beginANewLine() {
        terminal.type("one\\", PseudoTerminal.ENTER, "two \"!x", PseudoTerminal.ENTER)
                .await("Fine, thank you.");
        assertThat(asked(0)).containsExactly(Message.user("one\ntwo \"!x"));
    }

    /** Wherever the cursor stands. */
    @Test
    void enterBehindABackslash_continuesAtTheEnd() {
        terminal.type("one\\", PseudoTerminal.LEFT, PseudoTerminal.LEFT, PseudoTerminal.ENTER)
                .type("two", PseudoTerminal.ENTER)
                .await("Fine, thank you.");
        assertThat(asked(0)).containsExactly(Message.user("one\ntwo"));
    }

    @Test
    void messageThatBeginsWithABlank_isRecalledAsItIs() {
        terminal.type(" /help  me", PseudoTerminal.ENTER)
                .await("Fine, thank you.")
                .await("> ");
        terminal.type(PseudoTerminal.UP, PseudoTerminal.ENTER).await("Fine, thank you.");
        assertThat(asked(1)).last().isEqualTo(Message.user("/help  me"));
    }

    @Test
    void whatPeopleWrite_isNoShellsLanguage() {
        terminal.type("Hello", PseudoTerminal.ENTER).await("Fine, thank you.").await("> ");
        terminal.type("!! \"C:\\new 'n $HOME", PseudoTerminal.ENTER).await("Fine, thank you.");
        assertThat(asked(1)).last().isEqualTo(Message.user("!! \"C:\\new 'n $HOME"));
    }

    @Test
    void pastedLines_stayOneMessageAsTheyAre() {
        terminal.type(PASTE, "ls \\\r  -l\r/quit", PASTED, PseudoTerminal.ENTER).await("Fine, thank you.");
        assertThat(asked(0)).containsExactly(Message.user("ls \\\n  -l\n/quit"));
    }

    @Test
    void ctrlC_stopsTheAnswerAndNotTheChat() throws Exception {
        provider.scripts.add(sink -> sink.delta(new Delta.Text("Once upon a")));
        terminal.type("A story", PseudoTerminal.ENTER)
                .await("Once upon a")
                .type(PseudoTerminal.CTRL_C)
                .await("stopped: this answer isn't part of the conversation")
                .await("> ");
        assertThat(provider.cancelled.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        terminal.type(PseudoTerminal.UP, PseudoTerminal.ENTER).await("Fine, thank you.");
        assertThat(asked(1)).containsExactly(Message.user("A story"));
    }

    @Test
    void ctrlCAtTheEmptyPrompt_saysHowToLeave() {
        terminal.type("half a mess", PseudoTerminal.CTRL_C).await("> ");
        terminal.type(PseudoTerminal.CTRL_C)
                .await("Ctrl-D or /quit ends the chat")
                .await("> ");
        assertThat(provider.asked).isEmpty();
    }

    @Test
    void failure_isTold_andTheQuestionStaysRecallable() {
        provider.failure = Optional.of(Failure.of(FailureKind.REJECTED, "not like this"));
        terminal.type("Hello", PseudoTerminal.ENTER).await("not like this").await("> ");
        provider.failure = Optional.empty();
        terminal.type(PseudoTerminal.UP, PseudoTerminal.ENTER).await("Fine, thank you.");
        assertThat(asked(1)).containsExactly(Message.user("Hello"));
    }

    @Test
    void whatWasTyped_isKeptForNobodyElse() throws Exception {
        terminal.type("Hello", PseudoTerminal.ENTER).await("Fine, thank you.");
        assertThat(history).content().contains("Hello");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
                .isEqualTo("rw-------");
    }

    @Test
    void historyOfMoreLines_isCutToTheLastThousand() throws Exception {
        Path file = folder.resolve("long-history");
        Files.write(
                file,
                IntStream.range(0, 1_260)
                        .mapToObj(line -> line + ":line " + line)
                        .toList());
        PseudoTerminal other = new PseudoTerminal();
        try (LineEditor editor = new TerminalEditor(other.terminal(), Optional.of(file))) {
            other.type("Hello", PseudoTerminal.ENTER);
            editor.read("> ");
        }
        assertThat(Files.readAllLines(file)).hasSize(1_000).last().asString().endsWith(":Hello");
    }
}
