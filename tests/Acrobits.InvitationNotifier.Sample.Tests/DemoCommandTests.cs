using Acrobits.InvitationNotifier.Sample.Cli;
using Acrobits.InvitationNotifier.Sample.Commands;
using Spectre.Console.Testing;

namespace Acrobits.InvitationNotifier.Sample.Tests;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task RunAsync_EachScenario_GoesAsDocumented()
    {
        using TestConsole console = new();
        console.Profile.Width = 200;

        var exitCode = await DemoCommand.RunAsync(console, CancellationToken.None);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Equal(4, console.Lines.Count(line => line == "Byte for byte as documented."));
        Assert.Equal(7, console.Lines.Count(line => line.Contains("│ yes ", StringComparison.Ordinal)));
    }
}
