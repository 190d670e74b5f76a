using System.Diagnostics;

namespace Acrobits.InvitationNotifier.Tests.Templates;

/// <summary>
/// Programs in containers often run without ICU (globalization-invariant mode), which a process chooses at its start.
/// What <see cref="HostTests"/> says of hosts has to hold for them too.
/// </summary>
public sealed class InvariantModeTests
{
    // Only keeps a failed test from hanging.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task HostTests_WithoutIcu_Pass()
    {
        // As an assembly it is run by dotnet, else it is a program.
        var program = Environment.ProcessPath!;
        var isHosted = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        var results = Directory.CreateTempSubdirectory("invariant-mode-");
        var start = new ProcessStartInfo(
            program,
            [.. isHosted ? [typeof(InvariantModeTests).Assembly.Location] : Array.Empty<string>(),
                "--filter-class", typeof(HostTests).FullName!, "--results-directory", results.FullName, "--no-ansi", "--progress", "off"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";

        using var process = Process.Start(start)!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            // A run without any test fails.
            Assert.True(process.ExitCode == 0, output);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            results.Delete(recursive: true);
        }
    }
}
