// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WarningsTest {
    @Test
    void noWarningMovesTheCursor() throws JoranException {
        LoggerContext context = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Console.class.getResource("/logback.xml"));
        Logger logger = context.getLogger("a.Sink");
        OutputStreamAppender<ILoggingEvent> appender = (OutputStreamAppender<ILoggingEvent>)
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDERR");

        LoggingEvent warning =
                new LoggingEvent(WarningsTest.class.getName(), logger, Level.WARN, "{} takes none", null, new Object[] {
                    "/tmp/x\u001b[2J\u009b2J\u202e\tä\ny"
                });
        assertThat(new String(appender.getEncoder().encode(warning), StandardCharsets.UTF_8))
                .isEqualTo("WARN  Sink: /tmp/x?[2J?2J??ä y takes none\n");
    }
}
