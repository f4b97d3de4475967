package dev.whippletree.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import dev.whippletree.cli.ShellTest;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The chat where nobody types: what its lines do. */
class ChatCommandTest extends ShellTest {

    private static final String END = System.lineSeparator();

    @BeforeEach
    void addAccount() {
        shell.withAccount();
    }

    private int chat(String input, String... options) {
        String[] arguments = new String[options.length + 1];
        arguments[0] = "chat";
        System.arraycopy(options, 0, arguments, 1, options.length);
        return shell.input(input).run(arguments);
    }

    private List<Message> asked(int index) {
        return shell.provider.asked.get(index).messages();
    }

    private void failsOnce(FailureKind kind, String reason) {
        shell.provider.scripts.add(sink -> sink.failed(Failure.of(kind, reason)));
    }

    @Test
    void eachLine_isAMessageBehindWhatWasSaidBefore() {
        assertThat(chat("One\n\nTwo\n")).as(shell.err()).isZero();
        assertThat(shell.out()).isEqualTo("Fine, thank you." + END + "Fine, thank you." + END);
        assertThat(shell.err()).isEmpty();
        assertThat(asked(0)).containsExactly(Message.user("One"));
        assertThat(asked(1))
                .containsExactly(Message.user("One"), Message.assistant("Fine, thank you."), Message.user("Two"));
    }

    @Test
    void lineThatEndsWithABackslash_goesOn() {
        assertThat(chat("One\\\ntwo\\\n")).isZero();
        assertThat(asked(0)).containsExactly(Message.user("One\ntwo"));
    }

    @Test
    void options_reachEveryPrompt() {
        assertThat(chat("Hello\n", "--system", "Be brief.", "--max-tokens", "7", "--account", "scripted-1"))
                .as(shell.err())
                .isZero();
        Prompt prompt = shell.provider.asked.get(0);
        assertThat(prompt.messages()).containsExactly(Message.system("Be brief."), Message.user("Hello"));
        assertThat(prompt.parameters().maxTokens()).isEqualTo(OptionalInt.of(7));
        assertThat(prompt.account()).contains("scripted-1");
    }

    @Test
    void verbose_saysWhereAnswersCameFrom() {
        assertThat(chat("Hello\n", "-v")).isZero();
        assertThat(shell.err()).contains("answered by account scripted-1").contains("23 tokens");
        assertThat(shell.err().lines()).hasSize(1);
    }

    /** Standard output may be a terminal with colours, and standard error a file. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void notes_areFaintOnATerminalAlone(boolean terminal) {
        shell.terminal(new Terminal(false, true, terminal, true));
        assertThat(chat("Hello\n", "-v")).isZero();
        assertThat(shell.err()).startsWith(terminal ? "\u001b[2manswered by" : "answered by");
    }

    @Test
    void messageThatFails_isLeftOut_theChatGoesOn_andItsExitCodeIsTheFirst() {
        failsOnce(FailureKind.REJECTED, "we don't like it");
        assertThat(chat("One\nTwo\n/nothing\n")).isEqualTo(4);
        assertThat(shell.err()).contains("we don't like it").doesNotContain("\tat ");
        assertThat(asked(1)).containsExactly(Message.user("Two"));
    }

    @Test
    void answerThatIsCut_saysSo() {
        shell.provider.finishReason = FinishReason.LENGTH;
        assertThat(chat("One\n")).isZero();
        assertThat(shell.err()).contains("the answer is cut").contains("--max-tokens");
    }

    @Test
    void quit_leavesTheRestUnread() {
        assertThat(chat("/quit\nOne\n")).isZero();
        assertThat(shell.provider.asked).isEmpty();
    }

    @Test
    void help_namesEveryCommand() {
        assertThat(chat("/help\n")).isZero();
        assertThat(shell.out()).contains("/save", "/help", "/quit");
    }

    @Test
    void save_writesMarkdownOrJsonByTheFilesName() throws IOException {
        assertThat(chat(
                        "How are you?\n/save talk.markdown\n/save talk.md\n/save talk.json\n",
                        "--system",
                        "Be brief.\nAnd kind."))
                .as(shell.err())
                .isZero();
        assertThat(shell.err()).contains("saved 1 answer with its question in " + folder.resolve("talk.md"));
        assertThat(folder.resolve("talk.markdown")).hasSameTextualContentAs(folder.resolve("talk.md"));
        assertThat(folder.resolve("talk.md")).content().isEqualTo("""
                        # Conversation

                        > Be brief.
                        > And kind.

                        ## Question

                        How are you?

                        ## Answer of scripted-model

                        Fine, thank you.
                        """);
        assertThat(Files.getPosixFilePermissions(folder.resolve("talk.md")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        JsonNode messages = JsonMapper.shared()
                .readTree(Files.readString(folder.resolve("talk.json")))
                .get("messages");
        assertThat(messages.valueStream().map(message -> message.get("role").asString()))
                .containsExactly("system", "user", "assistant");
        assertThat(messages.get(2).get("content").asString()).isEqualTo("Fine, thank you.");
    }

    @Test
    void save_replacesNoFile() {
        shell.file("talk.md", "precious");
        assertThat(chat("One\n/save talk.md\n")).isEqualTo(2);
        assertThat(shell.err()).contains("talk.md exists; name another file");
        assertThat(folder.resolve("talk.md")).content().isEqualTo("precious");
    }

    @Test
    void saveUnderHome_needsNoShell() {
        shell.variable("HOME", folder.toString());
        assertThat(chat("One\n/save ~/talk.md\n")).as(shell.err()).isZero();
        assertThat(folder.resolve("talk.md")).exists();
    }

    @ParameterizedTest
    @CsvSource({
        "/sve,did you mean '/save'?",
        "/frobnicate,'there is no command /frobnicate; known: /help'",
        "/save,name a file",
        "/save talk.md,nothing to save"
    })
    void wrongCommand_isOneClearLineAndNoMessage(String line, String message) {
        assertThat(chat(line + "\n")).isEqualTo(2);
        assertThat(shell.err()).contains(message).doesNotContain("Exception");
        assertThat(shell.err().lines()).hasSize(1);
        assertThat(shell.provider.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr/bin/env", "// why", "/* why */", " /help", "/", "1/2", "/2 of it"})
    void pathsCommentsAndWhateverHasABlankBeforeIt_areMessages(String line) {
        assertThat(chat(line + "\n")).as(shell.err()).isZero();
        assertThat(asked(0)).containsExactly(Message.user(line.strip()));
    }

    @ParameterizedTest
    @CsvSource({"talk.txt,.md or .json", "nowhere/talk.md,there is no such folder"})
    void placeWhereNothingCanBeSaved_isAMistake(String file, String message) {
        assertThat(chat("One\n/save " + file + "\n")).isEqualTo(2);
        assertThat(shell.err()).contains(message);
    }

    @ParameterizedTest
    @CsvSource({
        "--temperature=3,temperature must be 0 to 2",
        "--route=nowhere,there is no route 'nowhere'",
        "--account=scripted-2,there is no account 'scripted-2'; did you mean 'scripted-1'?",
        "--config=missing.yaml,there is no such file"
    })
    void wrongOption_isToldBeforeAnythingIsAsked(String option, String message) {
        assertThat(chat("One\n", option)).isEqualTo(2);
        assertThat(shell.err()).contains(message);
        assertThat(shell.provider.asked).isEmpty();
    }

    @Test
    void emulated_answersWithoutAccountAndIsMarked() {
        Shell without = new Shell(folder).input("Hello\n");
        without.succeeds("chat", "--emulated");
        assertThat(without.out().lines()).hasSize(1);
        assertThat(without.err()).contains("emulated");
    }

    @Test
    void inputThatIsNoTerminal_leavesNoHistory() {
        shell.variable("HOME", folder.toString());
        chat("One\n");
        assertThat(folder).isEmptyDirectory();
    }
}
