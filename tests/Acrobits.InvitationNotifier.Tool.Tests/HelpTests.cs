using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Tool.Commands;
using Spectre.Console.Testing;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed partial class HelpTests : IDisposable
{
    private readonly TestConsole _console = new();

    public void Dispose() => _console.Dispose();

    [Theory]
    [InlineData("send", 0, 1, 2, 3, 4, 5, 6, 7)]
    [InlineData("preview", 0, 1, 6, 7)]
    [InlineData("check", 0, 1, 9)]
    [InlineData("listen", 0, 1)]
    [InlineData("bulk", 0, 1, 8, 130)]
    public void Notes_EachCommand_ListTheExitCodesOfThisCommand(string name, params int[] expected)
    {
        Command[] commands =
        [
            new SendCommand(_console, _console),
            new PreviewCommand(_console),
            new CheckCommand(_console, Dns.GetHostAddressesAsync),
            new ListenCommand(),
            new BulkCommand(_console, _console),
        ];
        var notes = Assert.IsAssignableFrom<IHasNotes>(commands.Single(command => command.Name == name)).Notes;

        var codes = notes[notes.IndexOf("Exit codes:", StringComparison.Ordinal)..];
        Assert.Equal(expected, ExitCodes().Matches(codes).Select(match => int.Parse(match.ValueSpan, CultureInfo.InvariantCulture)).Order());
    }

    [GeneratedRegex(@"(?<=^  |  )\d+(?=  )", RegexOptions.Multiline)]
    private static partial Regex ExitCodes();
}
