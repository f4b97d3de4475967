package dev.whippletree.cli.similar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import dev.whippletree.cli.base.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarCommandTest {

    @TempDir
    private Path folder;

    private Shell shell;

    @BeforeEach
    void open() {
        shell = new Shell(folder);
    }

    private String text(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }

    @Test
    void firstWordings_createTheFileAndSaySo() throws IOException {
        assertThat(shell.run("similar", "approve", "Who are you?", "Tell me about yourself"))
                .as(shell.err())
                .isZero();
        assertThat(text("approved.txt")).isEqualTo("Who are you?\nTell me about yourself\n");
        assertThat(shell.out()).isEqualToNormalizingNewlines("""
                        approved.txt: 'Who are you?' has 2 wordings now
                          Who are you?
                          Tell me about yourself
                        """);
    }

    @Test
    void otherQuestion_standsAtTheEnd_andRemarksStay() throws IOException {
        shell.file("approved.txt", "# first\n\na\n# between\nb\n");
        assertThat(shell.run("similar", "approve", "c", "d")).as(shell.err()).isZero();
        assertThat(text("approved.txt")).isEqualTo("# first\n\na\n# between\nb\n\nc\nd\n");
    }

    @Test
    void knownQuestion_takesInTheOthers_inItsPlace() throws IOException {
        shell.file("approved.txt", "a\n# between\nb\n\n# of the second\nc\nd\n");
        assertThat(shell.run("similar", "approve", "A new one", "B"))
                .as(shell.err())
                .isZero();
        assertThat(text("approved.txt")).isEqualTo("a\n# between\nb\nA new one\n\n# of the second\nc\nd\n");
        assertThat(shell.out()).startsWith("approved.txt: 'a' has 3 wordings now");
    }

    @Test
    void wordingsOfTwoQuestions_makeThemOne() throws IOException {
        shell.file("approved.txt", "a\nb\n\nx\ny\n\n# of the third\nc\nd\n");
        assertThat(shell.run("similar", "approve", "b", "c")).as(shell.err()).isZero();
        assertThat(text("approved.txt")).isEqualTo("a\nb\n# of the third\nc\nd\n\nx\ny\n");
        assertThat(shell.out()).startsWith("approved.txt: 'a' has 4 wordings now");
    }

    @Test
    void nothingLeftBeside_theFile() throws IOException {
        shell.run("similar", "approve", "a", "b");
        shell.run("similar", "approve", "a", "c");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).extracting(file -> file.getFileName().toString()).containsExactly("approved.txt");
        }
    }

    @Test
    void namedFile_isTheOne() throws IOException {
        assertThat(shell.run("similar", "approve", "a", "b", "--file", "team.txt"))
                .as(shell.err())
                .isZero();
        assertThat(text("team.txt")).isEqualTo("a\nb\n");
        assertThat(shell.run("similar", "list", "--file=team.txt")).isZero();
        assertThat(shell.out()).endsWith("a\nb\n");
    }

    @Test
    void configuredFile_isTheOneByDefault() throws IOException {
        shell.withAccount().file("whippletree.yaml", "caches: [{name: similar, approved: team.txt}]\n");
        assertThat(shell.run("similar", "approve", "a", "b")).as(shell.err()).isZero();
        assertThat(text("team.txt")).isEqualTo("a\nb\n");
    }

    @Test
    void list_printsQuestionsApart() {
        shell.file("approved.txt", "# remark\na\nb\n\n\nc\nd\n");
        assertThat(shell.run("similar", "list")).as(shell.err()).isZero();
        assertThat(shell.out()).isEqualTo("a\nb\n\nc\nd\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a||give two or more",
                "a| A |give two wordings or more",
                "a|''|can't be blank",
                "a|'# b'|doesn't begin with #",
            })
    void wordingsThatCannotBe_areMistakes_andNothingIsWritten(String one, String other, String message) {
        int code = other == null
                ? shell.run("similar", "approve", one)
                : shell.run("similar", "approve", one, other.equals("A") ? " A " : other);
        assertThat(code).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(shell.err()).contains(message);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void fileWithAMistake_isLeftAsItIs() throws IOException {
        shell.file("approved.txt", "a\n\nb\nc\n");
        assertThat(shell.run("similar", "approve", "b", "d")).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(shell.err()).contains("approved.txt: line 1: 'a' stands alone");
        assertThat(text("approved.txt")).isEqualTo("a\n\nb\nc\n");
    }

    @Test
    void fileThatIsNoText_isAMistake() throws IOException {
        Files.write(folder.resolve("approved.txt"), "Café\nb\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(shell.run("similar", "approve", "b", "d")).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(shell.err()).contains("approved.txt: this isn't a UTF-8 text file");
        assertThat(shell.run("similar", "list")).isEqualTo(ExitCode.WRONG_USAGE);
    }

    @Test
    void folderInstead_isAMistake() throws IOException {
        Files.createDirectory(folder.resolve("approved.txt"));
        assertThat(shell.run("similar", "approve", "b", "d")).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(shell.err()).contains("this is a folder");
    }

    @Test
    void fileInAFolderThatIsNotThere_isAMistake() {
        assertThat(shell.run("similar", "approve", "b", "d", "--file", "none/approved.txt"))
                .isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(shell.err()).contains("none/approved.txt can't be written");
    }

    @Test
    void listOfNoFile_saysHowToHaveOne() {
        assertThat(shell.run("similar", "list")).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(shell.err()).contains("approved.txt: there is no such file", "similar approve");
    }

    @Test
    void similarAlone_isWrongUsage() {
        assertThat(shell.run("similar")).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(shell.err()).contains("similar approve", "similar list");
    }
}
