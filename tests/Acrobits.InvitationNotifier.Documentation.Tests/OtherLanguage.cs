using System.Diagnostics;

namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>Checks the syntax of an example in another language with the program that runs it.</summary>
internal static class OtherLanguage
{
    public static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string program, string arguments, string code, string extension)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"example.{extension}"), code);
            using var process = Process.Start(new ProcessStartInfo(program, $"{arguments} example.{extension}")
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var texts = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            await texts;
            return process.ExitCode;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
