@echo off
rem Starts the whippletree command: finds its own folder, a JDK, and the JVM options that suit the command.
setlocal

set "HOME_FOLDER=%~dp0.."
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"

set "VERSION="
for /f "tokens=3" %%v in ('""%JAVA%" -version 2^>^&1" ^| findstr /i /c:" version "') do if not defined VERSION set "VERSION=%%~v"
if not defined VERSION (
    echo whippletree: no java found; install a JDK 17 or newer, or set JAVA_HOME to one 1>&2
    exit /b 2
)
for /f "tokens=1 delims=.-" %%m in ("%VERSION%") do set "FEATURE=%%m"
if %FEATURE% LSS 17 (
    echo whippletree: java is %VERSION%, which is older than 17; install a JDK 17 or newer, or set JAVA_HOME to one 1>&2
    exit /b 2
)

rem Commands that end soon are done before the full compiler has warmed up; the others need it.
set "OPTIONS=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
if /i "%~1"=="stress" set "OPTIONS="
if /i "%~1"=="emulate" set "OPTIONS="
if /i "%~1"=="plan" set "OPTIONS="
if /i "%~1"=="serve" set "OPTIONS="
rem Whoever sets options may have chosen a collector, or a heap that is smaller.
if /i "%~1"=="serve" if %NUMBER_OF_PROCESSORS% LEQ 4 if not defined WHIPPLETREE_JAVA_OPTIONS if not defined JDK_JAVA_OPTIONS if not defined JAVA_TOOL_OPTIONS set "OPTIONS=-XX:CICompilerCount=4 -XX:+UseSerialGC -Xms80m -Xmn52m"

rem Netty and JLine load native code, Guice and Ehcache use Unsafe: newer JVMs warn of both unless told that it is known.
if %FEATURE% GEQ 24 set "OPTIONS=--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dguice_custom_class_loading=CHILD %OPTIONS%"

rem A JVM is handed arguments in the system's code page, and loses everything else in a prompt. Variables it reads as they are.
set WHIPPLETREE_ARGUMENTS=%*

"%JAVA%" %OPTIONS% %WHIPPLETREE_JAVA_OPTIONS% -Dwhippletree.arguments=true "-Dwhippletree.plugins=%HOME_FOLDER%\plugins" -cp "%HOME_FOLDER%\lib\*" dev.whippletree.cli.Main %*
exit /b %ERRORLEVEL%
