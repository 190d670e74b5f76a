using System.Diagnostics;

namespace Acrobits.InvitationNotifier.Interoperability.Tests.Servers;

public sealed class ServerTests
{
    public static TheoryData<string> Programs => [.. All.Keys];

    private static Dictionary<string, ServerProgram> All => new()
    {
        ["php"] = ServerProgram.Php,
        ["node"] = ServerProgram.NodeJs,
        ["nginx"] = ServerProgram.Nginx(port => $"server {{ listen 127.0.0.1:{port}; }}"),
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task DisposeAsync_Server_LeavesNoProcessAndNoFile(string name)
    {
        var server = await Server.StartAsync(All[name]);
        var working = ProcessesIn(server.Folder);
        await server.DisposeAsync();

        Assert.NotEmpty(working);
        Assert.Empty(ProcessesIn(server.Folder));
        Assert.False(Directory.Exists(server.Folder));
    }

    private static int[] ProcessesIn(string folder) =>
        [.. Process.GetProcesses().Select(process => process.Id).Where(id => WorkingDirectory(id)?.StartsWith(folder, StringComparison.Ordinal) == true)];

    private static string? WorkingDirectory(int process)
    {
        try
        {
            return Directory.ResolveLinkTarget($"/proc/{process}/cwd", returnFinalTarget: false)?.FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Of another user, or gone.
            return null;
        }
    }
}
