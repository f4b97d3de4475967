package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeftOutTest {

    private static final Instant BEGAN = Instant.parse("2026-11-25T00:00:00Z");

    @TempDir
    private Path project;

    @BeforeEach
    void layOut() throws IOException {
        write("one/pom.xml", "");
        write(
                "one/src/test/java/a/LongTest.java",
                "@Tag(\"slow\")\nclass LongTest { @Tag(\"thorough\") @Tag(\"thorough\") }");
    }

    private Path write(String file, String text) throws IOException {
        Path path = project.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
        Files.setLastModifiedTime(path, FileTime.from(BEGAN.plusSeconds(1)));
        return path;
    }

    private static String report(String test, String message) {
        return "<testsuite><testcase name=\"x\" classname=\"a." + test + "\"><skipped" + message
                + "</skipped></testcase><testcase name=\"y\" classname=\"a.FineTest\"/></testsuite>";
    }

    private static String message(String words) {
        return " message=\"" + words + "\">";
    }

    @Test
    void whatWasSkippedAndWhatIsTagged_isTold_byItsReason() throws Exception {
        write("one/target/surefire-reports/TEST-a.A.xml", report("ATest", message("skipped: there is no Chromium")));
        write("one/target/surefire-reports/TEST-a.B.xml", report("BTest", message("there is no Chromium&#10;at all")));
        write(
                "one/target/surefire-reports/TEST-a.D.xml",
                report(
                        "DTest",
                        message("Environment variable [X] does not exist ==&gt; skipped: there is no Chromium")));
        write(
                "one/target/surefire-reports/TEST-a.E.xml",
                report("ETest", ">org.opentest4j.TestAbortedException: Assumption failed: no secret&#10; at a.E"));
        write("one/target/surefire-reports/TEST-a.F.xml", report("FTest", message("@EnabledIf(&quot;f&quot;) …")));
        write("one/target/surefire-reports/TEST-a.G.xml", report("GTest", message("Not verified by this TCK.")));
        Path old = write("one/target/surefire-reports/TEST-a.C.xml", report("CTest", message("of yesterday")));
        Files.setLastModifiedTime(old, FileTime.from(BEGAN.minusSeconds(1)));

        LeftOut leftOut = LeftOut.of(project, BEGAN, List.of("thorough"));
        assertThat(leftOut.lines())
                .containsExactly(
                        "6 tests ran. Left out:",
                        "  a contract's condition: FTest",
                        "  an optional rule, or one that can't be verified: GTest",
                        "  no secret: ETest",
                        "  tagged thorough, so run by mvn -Pthorough verify: LongTest*2",
                        "  there is no Chromium: ATest BTest DTest");
        assertThat(leftOut.missing()).containsExactly("there is no Chromium");
    }

    @Test
    void nothingLeftOut_isToldToo() throws Exception {
        assertThat(LeftOut.of(project, BEGAN, List.of("")).lines()).containsExactly("0 tests ran. None was left out.");
    }
}
