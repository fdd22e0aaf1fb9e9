package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Optional;
import org.apache.hadoop.fs.FullDisk;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachineTest {

    @AfterEach
    void logOut() {
        UserGroupInformation.setLoginUser(null);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"?", " "})
    void aUserWithoutANameIsLoggedInUnderOne(String name) throws IOException {
        Machine.nameUser(name);
        assertFalse(UserGroupInformation.getLoginUser().getUserName().isBlank());
        assertEquals(
                Optional.ofNullable(System.getenv("HADOOP_USER_NAME")).orElse("evonorm"),
                UserGroupInformation.getCurrentUser().getUserName());
    }

    @Test
    void aUserWithANameKeepsIt() throws IOException {
        String before = UserGroupInformation.getLoginUser().getUserName();
        UserGroupInformation.setLoginUser(null);
        Machine.nameUser(System.getProperty("user.name"));
        assertEquals(before, UserGroupInformation.getLoginUser().getUserName());
    }

    @Test
    void aHostWithoutAnAddressIsTheCauseThatIsNamed() {
        Throwable unknown = new UnknownHostException("box: box: Name or service not known");
        String sentence = Failure.sentence(new ExceptionInInitializerError(unknown));
        assertTrue(sentence.startsWith("the host name box has no address; "), sentence);
        assertEquals(sentence, Failure.sentence(new NoClassDefFoundError("x") {
            private static final long serialVersionUID = 1;

            @Override
            public synchronized Throwable getCause() {
                return new ExceptionInInitializerError(unknown);
            }
        }));
        assertTrue(Failure.sentence(new NoClassDefFoundError("jdk/incubator/vector/Vector"))
                .startsWith("Java was started without a flag"));
    }

    @Test
    void aFullDiskIsOneSentence() {
        assertEquals(
                "a file cannot be written (No space left on device); free space, and the same command goes on",
                Failure.sentence(FullDisk.error("No space left on device")));
    }
}
