package dev.whippletree.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FileTroubleTest {

    @Test
    void exceptionThatHasNothingButAName_saysWhatIsWrong() {
        assertThat(FileTrouble.reason(new NoSuchFileException("a.txt"))).isEqualTo("there is no such file or folder");
        assertThat(FileTrouble.said(new NoSuchFileException("a.txt")))
                .isEqualTo("a.txt: there is no such file or folder");
        assertThat(FileTrouble.said(new AccessDeniedException("a", "b", null))).isEqualTo("a -> b: permission denied");
        assertThat(FileTrouble.said(new FileSystemException("a.csv", null, "it is in use")))
                .isEqualTo("a.csv: it is in use");
        assertThat(FileTrouble.said(new IOException("No space left"))).isEqualTo("No space left");
        assertThat(FileTrouble.said(new IOException("broken"))).isEqualTo("IOException: broken");
    }
}
