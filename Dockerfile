# docker build -t earshot .
# docker run --stop-timeout 15 -p 8080:8080 -v /etc/earshot/tokens.json:/etc/earshot/tokens.json:ro earshot
# The user node, 1000, must be able to read the tokens. A server takes up to 10 s to end its streams.
FROM node:20.20-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npm prune --omit=dev

FROM node:20.20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE /app/NOTICE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/models ./models
COPY --from=build /app/samples ./samples
USER node
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli/main.js", "serve", "--host", "0.0.0.0"]
CMD ["--token-file", "/etc/earshot/tokens.json"]
