FROM python:3.13-slim

ENV INTERVIEW_BOT_DATABASE_URL=sqlite+aiosqlite:////data/interview-bot.db \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

RUN useradd --uid 10001 --create-home bot && install --directory --owner=bot /data
WORKDIR /app

COPY requirements.lock ./requirements.lock
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY bot ./bot
COPY questions ./questions

USER bot
VOLUME /data
ENTRYPOINT ["python", "-m", "bot"]
CMD ["play"]
