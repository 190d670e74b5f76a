using System.Diagnostics;

namespace Acrobits.InvitationNotifier.Interoperability.Tests.Servers;

/// <summary>A server of the distribution's packages, and how it is started.</summary>
/// <param name="Name">The name of its package.</param>
/// <param name="Commands">The names that its program can have.</param>
/// <param name="Ready">What a line of its output has when it listens.</param>
/// <param name="Arguments">Its arguments, for a port.</param>
/// <param name="Files">The content of each file in its folder, for a port.</param>
internal sealed record ServerProgram(
    string Name,
    string[] Commands,
    string Ready,
    Func<string, string[]> Arguments,
    Func<string, IReadOnlyDictionary<string, string>> Files)
{
    public static ServerProgram Php { get; } = new(
        "php-cli",
        ["php"],
        "Development Server",
        port => ["-S", $"127.0.0.1:{port}", "provider.php"],
        _ => new Dictionary<string, string> { ["provider.php"] = Resource("provider.php") });

    /// <summary>PHP with its extension for XML, which is a package of its own.</summary>
    public static ServerProgram PhpWithXml { get; } = Php with
    {
        Name = "php-xml",
        Check = ["-r", "exit(extension_loaded('dom') && extension_loaded('simplexml') ? 0 : 1);"],
    };

    public static ServerProgram NodeJs { get; } = new(
        "nodejs",
        ["node", "nodejs"],
        "listening",
        port => ["provider.js", port],
        _ => new Dictionary<string, string> { ["provider.js"] = Resource("provider.js") });

    /// <summary>Arguments with which the program succeeds if it has all that the test needs.</summary>
    public string[] Check { get; init; } = [];

    /// <summary>The path of the program; null if it, or what the test needs of it, is not installed.</summary>
    public string? FindInstalled() =>
        OperatingSystem.IsLinux() && Find(Commands) is { } path && (Check is [] || Succeeds(path, Check)) ? path : null;

    /// <summary>nginx with this content of its <c>http</c> block, and with further files.</summary>
    public static ServerProgram Nginx(Func<string, string> http, params IEnumerable<KeyValuePair<string, string>> files) => new(
        "nginx",
        ["nginx"],
        "nginx/",
        _ => ["-p", ".", "-c", "nginx.conf", "-e", "stderr"],
        port => new Dictionary<string, string>(files)
        {
            ["nginx.conf"] = $$"""
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log stderr notice;
                events { }
                http {
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    log_format jsonl escape=json '{ "key": "$http_idempotency_key", "status": $status }';
                    access_log requests.jsonl jsonl;
                    {{http(port)}}
                }

                """,
        });

    public static string Resource(string name)
    {
        using var stream = typeof(ServerProgram).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static bool Succeeds(string program, string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    // Debian's PATH of a user other than root lacks /usr/sbin, where nginx is.
    private static string? Find(string[] commands) =>
        (from command in commands
         from directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin")
         where directory.Length > 0
         let path = System.IO.Path.Combine(directory, command)
         where File.Exists(path)
         select path).FirstOrDefault();
}
